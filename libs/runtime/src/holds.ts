/** Names that only one process holds at a time. That somebody is at something, and no more. */

export type Holds = {
  /**
   * `undefined`: it is held already, here or in another process. What a process holds that dies ends with it. What may happen
   * only once has to be kept from happening twice where it is recorded. @throws TransientFailure
   */
  hold(name: string): Promise<Hold | undefined>;
};

export type Hold = {
  /** Settles when others may hold the name. Never rejects: what was lost is not held either. */
  letGo(): Promise<void>;
};
