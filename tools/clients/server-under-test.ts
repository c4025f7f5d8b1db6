/** A server that is killed and started again, and can be asked in the end what it has kept. */
export type ServerUnderTest = {
  /** Where it listens now. */
  port(): number;
  /** SIGKILL where the server promises to survive that; settles when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** How many events it has of each message: of a reading by its `event_id`, of a command by its name. */
  kept(): Promise<ReadonlyMap<string, number>>;
  /** So many readings that it is killed before they are all acknowledged. */
  readonly readings: number;
};
