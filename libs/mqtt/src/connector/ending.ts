/** How a connection to the broker ended. */
export type Ending = {
  /**
   * `other-protocol`: the broker does not speak this version. `refused`: it does not let us in, or not let us
   * subscribe. `lost`: anything else. `done`: by `disconnect`.
   */
  readonly how: 'other-protocol' | 'refused' | 'lost' | 'done';
  readonly reason: string;
};
