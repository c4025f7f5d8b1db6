/**
 * How fresh the read models are: their checkpoints, and the ends of the log. Looked at at most every half a second
 * however many requests there are, and not at all when there are none.
 */
import type { Projection } from '@plenum/read-model';
import {
  beforeDeadline,
  type Clock,
  type Log,
  type Logger,
  type PartitionEnds,
  TransientFailure,
} from '@plenum/runtime';
import type { CheckpointReads, ProjectionCheckpoint } from '../consumers/checkpoints.ts';

export type FreshnessParts = {
  readonly checkpoints: Pick<CheckpointReads, 'active'>;
  readonly log: Pick<Log, 'positions' | 'read'>;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  readonly logger: Logger;
};

export type PartitionLook = ProjectionCheckpoint & {
  /** The first offset that is kept and the next to be written, as the log said last. */
  readonly first: bigint;
  readonly end: bigint;
  /** When the oldest record that is not in the rows was recorded; `undefined` when everything is in them. */
  readonly oldestUnreadMs: number | undefined;
};

export type Look = {
  readonly takenMs: number;
  /** When the log last said where it ends; checkpoints were read before that, or the look is older than it says. */
  readonly endsSeenMs: number;
  readonly partitions: readonly PartitionLook[];
  /** Names of the projections that have checkpoints. */
  readonly projections: readonly string[];
  /** Positions as clients get them, once made, by projection names. */
  readonly positions: Map<string, string>;
};

export type Freshness = {
  /** A look taken less than a second ago, without waiting, if there is one. */
  readonly recent: () => Look | undefined;
  /** The same, waiting for it if need be. @throws TransientFailure when the database is away, or the log was never seen. */
  readonly look: () => Promise<Look>;
  readonly nowMs: () => number;
};

const refreshAfterMs = 400;
const recentMs = 1_000;
const logPatienceMs = 1_000;

export const freshness = (parts: FreshnessParts): Freshness => {
  const nowMs = (): number => parts.clock.nowUs() / 1_000;
  const ends = logEnds(parts, nowMs);
  let current: Look | undefined;
  let underWay: Promise<Look> | undefined;

  const refresh = (): Promise<Look> => {
    underWay ??= takeLook(parts, ends, nowMs)
      .then((look) => {
        current = look;
        return look;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  const recent = (): Look | undefined => {
    const age = current === undefined ? recentMs : nowMs() - current.takenMs;
    if (age >= recentMs) return undefined;
    // A request that finds no recent look waits for one, and is then answered why there is none.
    if (age >= refreshAfterMs) refresh().catch(() => undefined);
    return current;
  };
  return { recent, look: async () => recent() ?? refresh(), nowMs };
};

type Ends = { readonly seenMs: number; readonly byTopic: ReadonlyMap<string, readonly PartitionEnds[]> };

const takeLook = async (parts: FreshnessParts, ends: () => Promise<Ends>, nowMs: () => number): Promise<Look> => {
  const takenMs = nowMs();
  // Checkpoints first: one that equals an end seen later has everything up to that end.
  const checkpoints = await parts.checkpoints.active();
  const { seenMs, byTopic } = await ends();
  const partitions = await Promise.all(
    checkpoints.map(async (checkpoint): Promise<PartitionLook> => {
      const { first = 0n, next: end = 0n } = byTopic.get(checkpoint.topic)?.[checkpoint.partition] ?? {};
      const behind = BigInt(checkpoint.next) < end;
      return {
        ...checkpoint,
        first,
        end,
        oldestUnreadMs: behind ? await recordedMs(parts, checkpoint, takenMs) : undefined,
      };
    }),
  );
  const projections = [...new Set(checkpoints.map(({ projection }) => projection))];
  return { takenMs, endsSeenMs: Math.min(seenMs, takenMs), partitions, projections, positions: new Map() };
};

/** When the next record of a partition was recorded. While it cannot be read, it counts as just recorded. */
const recordedMs = async (
  { log, logger }: FreshnessParts,
  { topic, partition, next }: ProjectionCheckpoint,
  otherwiseMs: number,
): Promise<number> => {
  try {
    const from = BigInt(next);
    return await beforeDeadline(
      firstRecordMs(log, { topic, partition, from, to: from + 1n }, otherwiseMs),
      logPatienceMs,
    );
  } catch (error) {
    if (!(error instanceof TransientFailure)) throw error;
    logger.warn({ topic, partition, code: error.code, error: error.message }, 'the age of unread records is not known');
    return otherwiseMs;
  }
};

const firstRecordMs = async (
  log: Pick<Log, 'read'>,
  range: Parameters<Log['read']>[0],
  otherwiseMs: number,
): Promise<number> => {
  for await (const { records } of log.read(range)) {
    const [record] = records;
    if (record !== undefined) return record.timestampMs;
  }
  return otherwiseMs;
};

/** The ends of every topic that projections read. While the log is away, those it said last, with the time it said them. */
const logEnds = ({ log, projections, logger }: FreshnessParts, nowMs: () => number): (() => Promise<Ends>) => {
  const topics = [...new Set(projections.flatMap((projection) => projection.topics))];
  let last: Ends | undefined;
  return async () => {
    const seenMs = nowMs();
    try {
      const ends = await beforeDeadline(Promise.all(topics.map((topic) => log.positions(topic))), logPatienceMs);
      last = { seenMs, byTopic: new Map(topics.map((topic, index) => [topic, ends[index] ?? []])) };
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      logger.warn({ code: error.code, error: error.message }, 'the log does not say where it ends');
      if (last === undefined) throw new TransientFailure('log-unseen', error.message, { cause: error });
    }
    return last;
  };
};
