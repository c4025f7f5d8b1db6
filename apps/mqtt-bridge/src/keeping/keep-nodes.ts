/**
 * Keeps something elsewhere as it is decided about nodes: at each decision, and of all nodes each minute. Of several processes one
 * does it, under a lease.
 */
import {
  backOff,
  type Lease,
  type Leases,
  type Logger,
  pause,
  retryUntilStopped,
  systemTimer,
  type Timer,
} from '@plenum/runtime';
import type { AuthorizedNodes } from '../listener-access.ts';
import { waitingSet, waker } from './waiting-set.ts';

export type NodeRounds = {
  /** Something was decided about these. Rejects when something is away: then it is called again. */
  look(nodeIds: readonly string[]): Promise<void>;
  /** Those that were to be looked at again. Rejects as `look`. */
  lookAgain(nodeIds: readonly string[]): Promise<void>;
  /** All of it. Rejects as `look`. */
  compare(): Promise<void>;
};

/** What rounds are made with, while the lease is held. */
export type Holding = {
  readonly isHeld: Lease['isHeld'];
  /** It is held no longer, or no longer wanted. */
  readonly stop: AbortSignal;
  /** This node is to be looked at again after so long. */
  readonly lookAgain: (nodeId: string, afterMs: number) => void;
};

export type KeepNodesParts<R extends NodeRounds> = {
  readonly leases: Leases;
  readonly lease: string;
  readonly listen: AuthorizedNodes['listen'];
  readonly rounds: (holding: Holding) => R;
  readonly logger: Logger;
  /** Which part of a bridge this is, for the log; and what is said when it holds the lease, waits, and goes on. */
  readonly part: string;
  readonly says: { readonly held: string; readonly waiting: string; readonly again: string };
  readonly timer?: Timer | undefined;
  /** How often all of it is compared. */
  readonly compareMs?: number | undefined;
};

export type KeepingNodes<R extends NodeRounds> = {
  /** `undefined`: another process does it, or nobody. */
  rounds(): R | undefined;
  /** Settles when nothing is under way any more. */
  close(): Promise<void>;
  readonly failed: Promise<never>;
};

export const keepNodes = <R extends NodeRounds>(parts: KeepNodesParts<R>): KeepingNodes<R> => {
  const { leases, lease: name, logger, says } = parts;
  const closing = new AbortController();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // Its owner awaits it; until then it is not unhandled.
  let holding: { readonly rounds: R } | undefined;
  const run = async (): Promise<void> => {
    for (;;) {
      const lease = await leases.acquire(name, closing.signal);
      if (lease === undefined) return;
      logger.info({}, says.held);
      const held = hold(parts, lease, AbortSignal.any([closing.signal, lease.lost]));
      holding = held;
      try {
        await held.ended;
      } finally {
        holding = undefined;
        await lease.release();
      }
    }
  };
  const running = run().catch(failure.reject);
  return {
    rounds: () => holding?.rounds,
    close: async () => {
      closing.abort();
      await running;
    },
    failed: failure.promise,
  };
};

const hold = <R extends NodeRounds>(parts: KeepNodesParts<R>, lease: Lease, stop: AbortSignal) => {
  const { listen, logger, part, says, timer = systemTimer, compareMs = 60_000 } = parts;
  const decided = waitingSet();
  const again = waitingSet();
  let comparing = waker();
  const cancels = new Set<() => void>();
  const rounds = parts.rounds({
    ...{ isHeld: lease.isHeld, stop },
    lookAgain: (nodeId, afterMs) => {
      const cancel = timer.after(afterMs, () => {
        cancels.delete(cancel);
        again.add(nodeId);
      });
      cancels.add(cancel);
    },
  });
  const patient = (work: () => Promise<void>): Promise<void> =>
    retryUntilStopped(work, {
      ...{ logger, stop, fields: { part }, wait: backOff(100, 1_000), isRetried: () => true },
      ...{ waiting: says.waiting, again: says.again },
    });
  const looking = async (waiting: typeof decided, look: NodeRounds['look']): Promise<void> => {
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
  const listening = listen({ hear: decided.add, begun: () => comparing.wake() });
  const working = async (): Promise<void> => {
    try {
      await Promise.all([looking(decided, rounds.look), looking(again, rounds.lookAgain), compares()]);
    } finally {
      for (const cancel of cancels) cancel();
      await listening.close();
    }
  };
  return { rounds, ended: working() };
};
