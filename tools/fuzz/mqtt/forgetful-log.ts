/** The append side of a log that keeps nothing, so that what a run holds in memory is the server's. */
import { type Log, TransientFailure } from '@plenum/runtime';

export type ForgetfulLog = Pick<Log, 'append'> & {
  /** `held`: it answers nothing until it is there again. `away`: it refuses. */
  set(state: 'there' | 'held' | 'away'): void;
};

export const forgetfulLog = (): ForgetfulLog => {
  let state: 'there' | 'held' | 'away' = 'there';
  let back = Promise.withResolvers<void>();
  return {
    append: async () => {
      while (state === 'held') await back.promise;
      if (state === 'away') throw new TransientFailure('08006', 'the log is away');
      return [];
    },
    set: (next) => {
      state = next;
      back.resolve();
      back = Promise.withResolvers();
    },
  };
};
