/** A server that is killed and started again, and can be asked in the end what it has kept. */
export type ServerUnderTest = {
  /** Where it listens now. */
  port(): number;
  /** SIGKILL where the server promises to survive that; settles when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** How many copies it has of each message, by `event_id`. */
  kept(): Promise<ReadonlyMap<string, number>>;
  /** So many readings that it is killed before they are all acknowledged. */
  readonly readings: number;
};
