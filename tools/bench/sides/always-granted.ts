/** A lease on anything, at once and for ever: there is only one process that asks. */
import type { Leases } from '@plenum/runtime';

export const alwaysGranted: Leases = {
  acquire: async () => ({
    epoch: 1n,
    isHeld: () => true,
    lost: new AbortController().signal,
    release: async () => undefined,
  }),
};
