/**
 * How often keys are used, as events: each key's first use after about a minute, and then less and less often while
 * it goes on being used. An event a minute would make a stream of half a million a year out of one busy key, and every
 * decision about it reads all of them.
 */
import { decideKey } from '@plenum/access';
import { plenumItself } from '@plenum/event';
import { type Clock, type Logger, type Random, type Timer, TransientFailure, untilInStepMs } from '@plenum/runtime';
import type { Handle } from './handled.ts';

export type KeyUse = {
  note(keyId: string): void;
  /** Reports what was not reported yet. Never rejects: what cannot be reported is lost, and it is a statistic. */
  close(): Promise<void>;
};

export type KeyUseParts = {
  readonly handle: Handle;
  readonly clock: Clock;
  readonly random: Random;
  readonly timer: Timer;
  readonly logger: Logger;
};

type Counted = { count: number; lastUsedUs: number; dueMs: number; waitMs: number; telling: Telling | undefined };

/** What is being reported, unchanged until it is known to be recorded: reported again under its id, it counts once. */
type Telling = { readonly id: string; readonly count: number; readonly lastUsedUs: number };

/** No key is reported more often than this. */
const firstWaitMs = 60_000;
const lastWaitMs = 3_600_000;
const lookMs = 5_000;
/** Keys that are counted at once; the use of any more goes unreported. */
const keysMax = 10_000;

export const keyUse = ({ handle, clock, random, timer, logger }: KeyUseParts): KeyUse => {
  const keys = new Map<string, Counted>();
  let telling: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;
  let closed = false;

  const tell = async (keyId: string, counted: Counted): Promise<void> => {
    counted.telling ??= {
      id: random.bytes16().toHex(),
      count: counted.count,
      lastUsedUs: counted.lastUsedUs,
    };
    const { id, count, lastUsedUs } = counted.telling;
    counted.waitMs = Math.min(counted.waitMs * 2, lastWaitMs);
    counted.dueMs = timer.nowMs() + counted.waitMs;
    try {
      await handle(decideKey(keyId, { do: 'use', count, lastUsedUs }), { id, actor: plenumItself });
      counted.count -= count;
      counted.telling = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof TransientFailure) logger.warn({ key: keyId, reason }, 'the use of a key is reported later');
      else logger.error({ key: keyId, reason }, 'reporting the use of a key failed');
    }
  };
  const look = async (dueMs: number): Promise<void> => {
    for (const [keyId, counted] of keys) {
      if (counted.dueMs > dueMs) continue;
      // Not used since it was last reported: it begins anew when it is.
      if (counted.count === 0) keys.delete(keyId);
      else await tell(keyId, counted);
    }
  };
  const schedule = (): void => {
    cancel = timer.after(untilInStepMs(lookMs, timer.nowMs()), () => {
      telling = telling.then(() => look(timer.nowMs())).then(() => (closed ? undefined : schedule()));
    });
  };
  schedule();

  return {
    note: (keyId) => {
      const counted = keys.get(keyId);
      if (counted !== undefined) {
        counted.count += 1;
        counted.lastUsedUs = clock.nowUs();
        return;
      }
      if (keys.size >= keysMax) return;
      const dueMs = timer.nowMs() + firstWaitMs;
      keys.set(keyId, { count: 1, lastUsedUs: clock.nowUs(), dueMs, waitMs: firstWaitMs, telling: undefined });
    },
    close: async () => {
      closed = true;
      cancel();
      await telling;
      // Once for what may have been recorded already, and once for what came after it.
      await look(Number.POSITIVE_INFINITY);
      await look(Number.POSITIVE_INFINITY);
    },
  };
};
