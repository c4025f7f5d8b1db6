/**
 * Keeps the rights of nodes at a broker as they are decided: at each decision, and of all nodes each minute. Of several processes
 * one does it, under a lease.
 */
import type { AtBroker } from '@plenum/device';
import {
  backOff,
  type Lease,
  type Leases,
  type Logger,
  pause,
  retryUntilStopped,
  systemTimer,
  type Timer,
  TransientFailure,
} from '@plenum/runtime';
import type { AuthorizedNodes } from '../listener-access.ts';
import { type CountingRights, countingRights, type RightsCounts } from './rights-counts.ts';
import { type RightsRounds, rightsRounds } from './rights-rounds.ts';

export type KeepRightsParts = {
  readonly atBroker: AtBroker;
  readonly nodes: AuthorizedNodes;
  readonly leases: Leases;
  readonly logger: Logger;
  readonly timer?: Timer;
  /** How often all of it is compared. */
  readonly compareMs?: number;
  /** After so long it is said that a key is not there: longer than what issues it waits for the broker. */
  readonly missingMs?: number;
};

export type KeepingRights = {
  counts(): RightsCounts;
  /** Settles when nothing is under way any more. */
  close(): Promise<void>;
  readonly failed: Promise<never>;
};

const leaseName = 'rights at the broker';

export const keepRights = (parts: KeepRightsParts): KeepingRights => {
  const closing = new AbortController();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // Its owner awaits it; until then it is not unhandled.
  let holding: Holding | undefined;
  const counting = countingRights();
  const run = async (): Promise<void> => {
    for (;;) {
      const lease = await parts.leases.acquire(leaseName, closing.signal);
      if (lease === undefined) return;
      parts.logger.info({}, 'this bridge keeps the rights of nodes at the broker');
      holding = hold({ ...parts, counting }, lease, AbortSignal.any([closing.signal, lease.lost]));
      try {
        await holding.ended;
      } finally {
        holding = undefined;
        await lease.release();
      }
    }
  };
  const running = run().catch(failure.reject);
  return {
    counts: () => ({
      ...{ keysMissing: 0, namesTaken: 0, ...holding?.lacks(), ...counting.counts() },
      keeps: holding !== undefined,
    }),
    close: async () => {
      closing.abort();
      await running;
    },
    failed: failure.promise,
  };
};

type Holding = { readonly ended: Promise<unknown> } & Pick<RightsRounds, 'lacks'>;

type HoldParts = KeepRightsParts & { readonly counting: CountingRights };

const hold = (parts: HoldParts, lease: Lease, stop: AbortSignal): Holding => {
  const { atBroker, nodes, counting, logger, timer = systemTimer, compareMs = 60_000, missingMs = 10_000 } = parts;
  const decided = waitingSet();
  const again = waitingSet();
  let comparing = waker();
  const cancels = new Set<() => void>();
  const rounds = rightsRounds({
    // A process that was frozen hears late that another one has the lease.
    atBroker: {
      ...atBroker,
      run: async (commands) => {
        if (!lease.isHeld()) throw new TransientFailure('lease-lost', 'another process keeps the rights');
        return atBroker.run(commands);
      },
    },
    ...{ reads: nodes.reads, counting, logger, timer, missingMs },
    onMissing: (nodeId) => {
      const cancel = timer.after(missingMs, () => {
        cancels.delete(cancel);
        again.add(nodeId);
      });
      cancels.add(cancel);
    },
  });
  const patient = (work: () => Promise<void>): Promise<void> =>
    retryUntilStopped(work, {
      ...{ logger, stop, fields: { part: 'rights' }, wait: backOff(100, 1_000), isRetried: () => true },
      waiting: 'the rights of nodes at the broker wait for it, or for the database',
      again: 'the rights of nodes at the broker are kept again',
    });
  const looking = async (waiting: WaitingSet, look: (nodeIds: readonly string[]) => Promise<void>): Promise<void> => {
    for (;;) {
      const nodeIds = await waiting.next(stop);
      if (nodeIds === undefined) return;
      await patient(() => look(nodeIds));
    }
  };
  const compares = async (): Promise<void> => {
    await Promise.race([comparing.woken, pause(compareMs, stop)]);
    while (!stop.aborted) {
      comparing = waker();
      await patient(rounds.compare);
      await Promise.race([comparing.woken, pause(compareMs, stop)]);
    }
  };
  // Side by side: who is revoked does not wait until all of it is compared.
  const listening = nodes.listen({ hear: decided.add, begun: () => comparing.wake() });
  const working = async (): Promise<void> => {
    try {
      await Promise.all([looking(decided, rounds.look), looking(again, rounds.lookAgain), compares()]);
    } finally {
      for (const cancel of cancels) cancel();
      await listening.close();
    }
  };
  const ended = working();
  return { ended, lacks: rounds.lacks };
};

const waker = () => {
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  return { woken, wake: (): void => resolve() };
};

type WaitingSet = {
  add(nodeId: string): void;
  /** All that wait, when there are any; `undefined` when `stop` aborts before. */
  next(stop: AbortSignal): Promise<readonly string[] | undefined>;
};

const waitingSet = (): WaitingSet => {
  const waiting = new Set<string>();
  let come = waker();
  return {
    add: (nodeId) => {
      waiting.add(nodeId);
      come.wake();
    },
    next: async (stop) => {
      const stopped = waker();
      stop.addEventListener('abort', stopped.wake, { once: true });
      if (!stop.aborted) await Promise.race([come.woken, stopped.woken]);
      stop.removeEventListener('abort', stopped.wake);
      if (stop.aborted) return undefined;
      const nodeIds = [...waiting];
      waiting.clear();
      come = waker();
      return nodeIds;
    },
  };
};
