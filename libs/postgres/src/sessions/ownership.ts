/**
 * The calls by which this server has been given sessions. One that failed may have been carried out, and its sessions would be
 * this server's without its knowledge: nobody queued messages for them. So it adopts them the next time.
 */
import { TransientFailure } from '@plenum/runtime';

/** Stands in the row of each session: who has it, and by which of the owner's calls. */
export type Giving = { readonly owner: string; readonly call: number };

export type Ownership = {
  /** Runs a transaction that gives sessions to this server. */
  give<T>(work: (giving: Giving) => Promise<T>): Promise<T>;
  /** Calls that may have been carried out, though this server knows nothing of it. */
  unsure(): readonly number[];
};

/** A transaction that was cut off may be committed some time later, so they are never sure; but not for ever. */
const unsureMax = 1_000;

export const ownership = (owner: string): Ownership => {
  let calls = 0;
  let unsure: readonly number[] = [];
  return {
    give: async (work) => {
      calls += 1;
      const call = calls;
      try {
        return await work({ owner, call });
      } catch (error) {
        if (error instanceof TransientFailure) unsure = [...unsure, call].slice(-unsureMax);
        throw error;
      }
    },
    unsure: () => unsure,
  };
};
