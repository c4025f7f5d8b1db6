/**
 * The session at a broker as a lease: who has it, of several bridges, is who publishes there what comes back. So the process that
 * meets its own message is the one that knows of it.
 */
import { aborted, type Lease, type Leases } from '@plenum/runtime';
import { waker } from '../keeping/waiting-set.ts';

export type SessionLease = {
  readonly leases: Leases;
  became(state: string): void;
};

export const sessionLease = (): SessionLease => {
  let opened = waker();
  let epoch = 0n;
  /** Of the session that is open. */
  let open: AbortController | undefined;
  return {
    leases: {
      acquire: async (_, stop) => {
        while (!stop.aborted) {
          if (open !== undefined) return leaseOf(open, epoch);
          await Promise.race([opened.woken, aborted(stop)]);
        }
        return undefined;
      },
    },
    became: (state) => {
      if (state === 'open' && open === undefined) {
        open = new AbortController();
        epoch += 1n;
        opened.wake();
        opened = waker();
      } else if (state !== 'open') {
        open?.abort();
        open = undefined;
      }
    },
  };
};

const leaseOf = ({ signal }: AbortController, epoch: bigint): Lease => {
  let isReleased = false;
  return {
    epoch,
    isHeld: () => !isReleased && !signal.aborted,
    lost: signal,
    release: async () => {
      isReleased = true;
    },
  };
};
