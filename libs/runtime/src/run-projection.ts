/**
 * The projector's loop: brings one set up to the head of the log and keeps it there, until it is told to stop.
 */
import type { Topic } from '@plenum/event';
import type { Projection } from '@plenum/read-model';
import type { Batch, Log } from './log.ts';
import { type Patience, type Pause, patience } from './patience.ts';
import { pause as untilStopped } from './pause.ts';
import type { Logger } from './ports.ts';
import { type Projector, projectBatch } from './project-batch.ts';
import { type QuietPlaces, quietPlaces } from './quiet-places.ts';
import type { ParkedRecord, TopicPartition } from './read-model-store.ts';
import { retryParked } from './retry-parked.ts';
import { rowCache } from './row-cache.ts';

export type RunProjection = Projector & {
  readonly log: Log;
  /** At least the topics that the projection names, for their partitions. */
  readonly topics: readonly Topic[];
  readonly logger: Logger;
  /** Records in one transaction, at most. */
  readonly recordsMax?: number;
  /** Kept up to date while this runs; for metrics and the live figures. */
  readonly progress?: ProjectionProgress;
  /** How to wait out a transient failure; settles early when stopped. Simulations bring their own time. */
  readonly pause?: Pause;
};

/** Live counters of one run. The sums that must balance are in the database; these say how it is going. */
export type ProjectionProgress = {
  recordsRead: number;
  batches: number;
  /** Batches that ended up somewhere else than at their end: redelivered whole, or read too far ahead. */
  elsewhere: number;
  transientWaits: number;
  lastBatchTimeMs: number | undefined;
  /** Records behind the end of the log as last seen, by `topic/partition`. */
  readonly lag: Map<string, bigint>;
};

export const projectionProgress = (): ProjectionProgress => ({
  recordsRead: 0,
  batches: 0,
  elsewhere: 0,
  transientWaits: 0,
  lastBatchTimeMs: undefined,
  lag: new Map(),
});

/**
 * Projects a set as one member of the group `<projection>.v<version>`; members share the partitions. TransientFailure is waited out
 * for as long as it lasts, visibly: nothing is parked and nothing skipped. A later version of a projection becomes what
 * queries see once everything that was in the log when it started, and nearly everything since, is in it.
 *
 * Settles when `stop` aborts and the batches in hand are finished. Rejects on a bug, a truncated log, or a version
 * lower than the active one.
 */
export const runProjection = async (parts: RunProjection, stop: AbortSignal): Promise<void> => {
  const { store, projection, log, logger, recordsMax = 1_000 } = parts;
  const progress = parts.progress ?? projectionProgress();
  const message = 'projection waits for a transient failure to pass';
  const patientUntil = (over: AbortSignal): Patience =>
    patience({ logger, fields: { projection: projection.name }, message, progress, pause: parts.pause }, over);
  const patient = patientUntil(stop);
  const group = `${projection.name}.v${projection.version}`;
  const partitions = partitionsOf(projection, parts.topics);

  const state = await patient(() => store.prepare(projection, partitions));
  if (state === undefined) return;
  logger.info({ group, state, partitions: partitions.length }, 'projection started');
  const noteCaughtUp = state === 'active' ? async () => undefined : activation(parts, partitions, recordsMax);
  await patient(noteCaughtUp);

  const projector = { ...parts, cache: parts.cache ?? rowCache() };
  const handle = async (batch: Batch, quiet: QuietPlaces): Promise<bigint> => {
    const projected = await patient(() => projectBatch(projector, batch));
    if (projected === undefined) return batch.fetchedOffset; // Stopped before it was in: whoever is next reads it again.
    noteBatch(progress, batch, projected.next);
    for (const record of projected.newlyParked) logParked(parts, batch, record);
    quiet.note({ topic: batch.topic, partition: batch.partition }, projected.next);
    progress.recordsRead += projected.sums.read;
    await patient(noteCaughtUp);
    return projected.next;
  };
  const position = async (at: TopicPartition, quiet: QuietPlaces): Promise<bigint> => {
    const next = (await patient(() => store.position(projection, at))) ?? 0n;
    quiet.note(at, next);
    return next;
  };

  const fault = new AbortController();
  const ended = AbortSignal.any([stop, fault.signal]);
  /** One membership: until it is stopped, or a place is found to have gone back, for all places are looked up at the next. */
  const takePart = async (): Promise<void> => {
    const end = new AbortController();
    const over = AbortSignal.any([ended, end.signal]);
    const quiet = quietPlaces({ store, projection, patient: patientUntil(over), pause: parts.pause ?? untilStopped });
    const watching = quiet.watch(over).finally(() => end.abort());
    const subscription = {
      ...{ group, topics: projection.topics, recordsMax },
      position: (topic: string, partition: number) => position({ topic, partition }, quiet),
      handle: (batch: Batch) => handle(batch, quiet),
    };
    try {
      await log.subscribe(subscription, over);
    } finally {
      end.abort();
      const back = await watching;
      if (back !== undefined) logger.warn({ group, ...back }, 'the database lost commits in a crash: joining again');
    }
  };
  const takeParts = async (): Promise<void> => {
    while (!ended.aborted) await patient(takePart);
  };
  try {
    await together(fault, [takeParts(), retryParked({ ...projector, log, logger, patient, recordsMax }, ended)]);
  } finally {
    logger.info({ group }, 'projection stopped');
  }
};

/** Settles when all have. The first that rejects ends the others, and is what this rejects with once they have ended. */
const together = async (fault: AbortController, works: readonly Promise<void>[]): Promise<void> => {
  const watched = works.map((work) => work.catch((error: unknown) => fault.abort(error)));
  await Promise.all(watched);
  if (fault.signal.aborted) throw fault.signal.reason;
};

/** What was acknowledged is refused by a table: somebody has to look (`docs/runbooks/parked-keys.md`). */
const logParked = (
  { projection, logger }: RunProjection,
  at: TopicPartition,
  { offset, key, code, reason }: ParkedRecord,
): void => {
  const { topic, partition } = at;
  logger.error(
    { projection: projection.name, topic, partition, offset: String(offset), key, code, reason },
    'a key is parked: its record was refused, and what follows of it waits',
  );
};

const noteBatch = (progress: ProjectionProgress, batch: Batch, next: bigint): void => {
  progress.batches += 1;
  if (next !== batch.nextOffset) progress.elsewhere += 1;
  progress.lastBatchTimeMs = Date.now();
  const behind = batch.endOffset - next;
  progress.lag.set(`${batch.topic}/${batch.partition}`, behind > 0n ? behind : 0n);
};

const partitionsOf = (projection: Projection, topics: readonly Topic[]): readonly TopicPartition[] =>
  projection.topics.flatMap((name) => {
    const topic = topics.find((candidate) => candidate.name === name);
    if (topic === undefined)
      throw new Error(`Projection ${projection.name} reads ${name}, which no topic is declared for`);
    return Array.from({ length: topic.partitions }, (_, partition) => ({ topic: name, partition }));
  });

/**
 * Watches a version that is being built, and activates it when it has caught up. Every member looks after each of
 * its batches, so whichever commits the last missing batch sees that it was the last.
 *
 * Two bars, both to be cleared: everything that was in the log when this member started is in the rows, and the
 * rest is at most one batch per partition. A lag of exactly zero everywhere may never be seen in a busy log.
 */
const activation = (
  { log, store, projection, logger }: RunProjection,
  partitions: readonly TopicPartition[],
  recordsMax: number,
): (() => Promise<void>) => {
  let building = true;
  let targets: ReadonlyMap<string, bigint> | undefined;

  return async () => {
    if (!building) return;
    targets ??= await endsOf(log, projection);
    const positions = await Promise.all(partitions.map((at) => store.position(projection, at)));
    const reached = (ends: ReadonlyMap<string, bigint>, slack: bigint): boolean =>
      partitions.every((at, index) => (positions[index] ?? 0n) + slack >= (ends.get(nameOf(at)) ?? 0n));
    if (!reached(targets, 0n)) return;

    const ends = await endsOf(log, projection);
    if (!reached(ends, BigInt(recordsMax))) {
      targets = ends;
      return;
    }
    await store.activate(projection);
    building = false;
    logger.info(
      { projection: projection.name, version: projection.version },
      'read model caught up: queries see this version now',
    );
  };
};

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

const endsOf = async (log: Log, projection: Projection): Promise<ReadonlyMap<string, bigint>> => {
  const ends = new Map<string, bigint>();
  for (const topic of projection.topics) {
    for (const { partition, next } of await log.positions(topic)) ends.set(nameOf({ topic, partition }), next);
  }
  return ends;
};
