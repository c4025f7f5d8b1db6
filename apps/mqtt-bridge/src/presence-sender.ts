/** Takes what was observed of clients to the log: what was gathered together, each client's in order, until the log has it. */
import {
  type Clock,
  type EventCodec,
  type Log,
  type Logger,
  type NewRecord,
  steadyAppend,
  type Timer,
} from '@plenum/runtime';
import type { Observation } from './presence-events.ts';
import { presenceWaiting } from './presence-waiting.ts';

export type PresenceSenderParts = {
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly replica: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly newId: (timeUs: number) => string;
  readonly limits: PresenceLimits;
};

export type PresenceLimits = {
  /** How long changes are gathered. */
  readonly gatherMs: number;
  /** Events that wait for the log; beyond them the oldest give way. */
  readonly waitingMax: number;
  /** Events in one append. */
  readonly batchMax: number;
  /** How long `close` waits for the log. */
  readonly closeTimeoutMs: number;
};

export const defaultPresenceLimits: PresenceLimits = {
  gatherMs: 1_000,
  waitingMax: 20_000,
  batchMax: 1_000,
  closeTimeoutMs: 2_000,
};

export type PresenceCounts = {
  /** Events that the log has taken. */
  readonly appended: number;
  /** Events that gave way to newer ones while the log was away, or that it had not taken at the end. */
  readonly dropped: number;
};

export type PresenceSender = {
  add(observation: Observation): void;
  counts(): PresenceCounts;
  /** Settles when the log has everything, or when it took too long. */
  close(): Promise<void>;
  /** Settles with `close`; rejects with what is not a transient failure. */
  readonly finished: Promise<void>;
};

export const presenceSender = (parts: PresenceSenderParts): PresenceSender => {
  const { log, codec, replica, clock, logger, timer, newId, limits } = parts;
  const waiting = presenceWaiting(limits.waitingMax);
  const steady = steadyAppend({ log, timer, logger, limits: { retryDelayMsMax: 5_000, slowAppendMs: 5_000 } });
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // The caller awaits `finished`; until then it is not unhandled.
  let [taken, appended, givenUp] = [0, 0, 0];
  let cancel: (() => void) | undefined;
  let sending: Promise<void> | undefined;
  let isEnding = false;

  const recordOf = (observation: Observation): NewRecord => {
    const id = newId(observation.effectiveTimeUs);
    return codec.encode({ ...observation, id, source: `bridge/${replica}`, recordedTimeUs: clock.nowUs() });
  };
  /** What waits now; what comes meanwhile is gathered again. */
  const sendWaiting = async (): Promise<void> => {
    for (let left = waiting.count(); left > 0; ) {
      const batch = waiting.take(Math.min(left, limits.batchMax));
      if (batch.length === 0) return; // Some gave way meanwhile.
      left -= batch.length;
      taken += batch.length;
      if ((await steady.append(batch.map(recordOf))) === 'stopped') return;
      appended += batch.length;
    }
  };
  const fail = (error: unknown): void => {
    isEnding = true;
    ended.reject(error);
  };
  const gather = (): void => {
    if (cancel !== undefined || sending !== undefined || isEnding || waiting.count() === 0) return;
    cancel = timer.after(limits.gatherMs, () => {
      cancel = undefined;
      sending = sendWaiting()
        .catch(fail)
        .finally(() => {
          sending = undefined;
          gather();
        });
    });
  };
  const sendLast = async (): Promise<void> => {
    await sending;
    await sendWaiting();
  };

  return {
    add: (observation) => {
      waiting.add(observation);
      gather();
    },
    counts: () => ({ appended, dropped: waiting.dropped() + givenUp }),
    finished: ended.promise,
    close: async () => {
      isEnding = true;
      cancel?.();
      const late = Promise.withResolvers<void>();
      const inTime = timer.after(limits.closeTimeoutMs, late.resolve);
      await Promise.race([sendLast().catch(fail), late.promise]);
      inTime();
      steady.stop();
      givenUp = taken - appended + waiting.count();
      if (givenUp > 0)
        logger.warn({ events: givenUp }, 'the log did not take the last of what was observed of clients');
      ended.resolve();
    },
  };
};
