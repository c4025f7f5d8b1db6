/**
 * Security events on their way into the log. Requests never wait for it: what is worth a record goes into a buffer, and
 * when the log is away for so long that the buffer is full, the rest is counted and dropped. So is what the log will
 * never take, or one of them would keep back all that come after it.
 */
import { type Report, SecurityEventSeen, type Sighting, securityThrottle } from '@plenum/access';
import { timeId } from '@plenum/event';
import {
  aborted,
  type Clock,
  type EventCodec,
  type Log,
  type Logger,
  type NewRecord,
  pause,
  type Random,
  retryUntilStopped,
  TransientFailure,
} from '@plenum/runtime';

export type SecurityLog = {
  /** Notes what was seen, as far as the throttle lets it through. */
  see(sighting: Sighting): void;
  dropped(): number;
  waiting(): number;
  /** Appends what is left, or drops it when the log takes longer than that. */
  close(): Promise<void>;
};

export type SecurityLogParts = {
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits?: Partial<SecurityLogLimits> | undefined;
};

export type SecurityLogLimits = {
  /** Events that wait for the log. */
  readonly waitingMax: number;
  /** Events in one append. */
  readonly batchMax: number;
  /** How often counts of minutes that have ended are looked for. */
  readonly lookMs: number;
  readonly closeMs: number;
};

const defaultLimits: SecurityLogLimits = { waitingMax: 10_000, batchMax: 500, lookMs: 5_000, closeMs: 3_000 };

/** Begins to append. */
export const openSecurityLog = (parts: SecurityLogParts): SecurityLog => {
  const { log, codec, logger, clock, random } = parts;
  const limits = { ...defaultLimits, ...parts.limits };
  const throttle = securityThrottle();
  const waiting: NewRecord[] = [];
  const closing = new AbortController();
  const givenUp = new AbortController();
  let overflowed = 0;
  let refused = 0;
  let wake = (): void => undefined;

  const take = (reports: readonly Report[]): void => {
    for (const report of reports) {
      if (waiting.length < limits.waitingMax) waiting.push(recordOf(report, { codec, clock, random }));
      else overflowed += 1;
    }
    if (reports.length > 0) wake();
  };
  const dropped = (why: unknown): void => {
    refused += 1;
    logger.error({ reason: messageOf(why) }, 'a security event that the log does not take is dropped');
  };
  /** Waits for something to append, for the next look at the counts, or for the end. */
  const somethingToDo = (): Promise<void> => {
    const woken = new AbortController();
    wake = () => woken.abort();
    return pause(limits.lookMs, woken.signal, closing.signal);
  };
  const run = async (): Promise<void> => {
    let counted = false;
    const once = async (): Promise<void> => {
      if (waiting.length === 0) await somethingToDo();
      counted = closing.signal.aborted;
      take(throttle.due(counted ? Number.POSITIVE_INFINITY : clock.nowUs()));
      if (waiting.length > 0) await appendSome({ log, waiting, batchMax: limits.batchMax, dropped });
    };
    while (!givenUp.signal.aborted && !(counted && waiting.length === 0)) {
      // Whatever it fails of, it goes on in hope.
      await retryUntilStopped(once, {
        ...{ logger, stop: givenUp.signal, isRetried: () => true },
        ...{ waiting: 'security events wait for the log', again: 'security events go into the log again' },
      });
    }
  };
  const running = run();
  return {
    see: (sighting) => take(throttle.see(sighting, clock.nowUs())),
    dropped: () => overflowed + refused + throttle.unseen,
    waiting: () => waiting.length,
    close: async () => {
      closing.abort();
      const timer = setTimeout(() => givenUp.abort(), limits.closeMs);
      await Promise.race([running, aborted(givenUp.signal)]);
      clearTimeout(timer);
      overflowed += waiting.length;
      if (waiting.length > 0) logger.warn({ events: waiting.length }, 'security events were dropped at the end');
    },
  };
};

type Appending = Pick<SecurityLogParts, 'log'> &
  Pick<SecurityLogLimits, 'batchMax'> & {
    readonly waiting: NewRecord[];
    /** Called with each that the log will never take. */
    readonly dropped: (why: unknown) => void;
  };

/** Appends the first of those that wait. @throws TransientFailure */
const appendSome = async ({ waiting, batchMax, ...parts }: Appending): Promise<void> => {
  const batch = waiting.slice(0, batchMax);
  try {
    await parts.log.append(batch);
  } catch (error) {
    if (error instanceof TransientFailure) throw error;
    await appendEach({ ...parts, waiting, batchMax: batch.length });
    return;
  }
  waiting.splice(0, batch.length);
};

/** The first of those that wait, one by one: something is wrong with one of them, and not with the others. */
const appendEach = async ({ log, waiting, batchMax, dropped }: Appending): Promise<void> => {
  for (const record of waiting.slice(0, batchMax)) {
    try {
      await log.append([record]);
    } catch (error) {
      if (error instanceof TransientFailure) throw error;
      dropped(error);
    }
    waiting.shift();
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const recordOf = (
  { data, effectiveTimeUs }: Report,
  { codec, clock, random }: Pick<SecurityLogParts, 'codec' | 'clock' | 'random'>,
): NewRecord => {
  const recordedTimeUs = clock.nowUs();
  return codec.encode({
    id: timeId(Math.floor(recordedTimeUs / 1000), random.bytes16()),
    type: SecurityEventSeen.type,
    source: 'plenum/authentication',
    effectiveTimeUs,
    recordedTimeUs,
    data,
  });
};
