/** When a build that is being made becomes what queries see. */
import { type Build, nameOfBuild } from '@plenum/read-model';
import { nameOfPartition, partitionsOf } from '../consumer/partitions.ts';
import type { ConsumerProgress } from '../consumer/progress.ts';
import type { Log } from '../log.ts';
import type { Activated, ReadModelStore } from '../read-model-store.ts';
import { type RunProjection, usualRecordsMax } from '../run-projection.ts';
import { activeBuilds } from './choose-build.ts';

export type Activation = Pick<RunProjection, 'projection' | 'log' | 'store' | 'topics' | 'recordsMax' | 'logger'> & {
  /** Of the member that runs here. */
  readonly progress: Pick<ConsumerProgress, 'hasTriedParked'>;
  /** Activates it though it parks more than the active one. */
  readonly acceptParked?: boolean;
};

/** Records that are in the rows of a build, of how many that are in the log. */
export type BuildProgress = { readonly records: number; readonly of: number };

/**
 * Looks how far a build is, and activates it when it has caught up. Every member looks now and then, so each that
 * runs when the last missing batch is in sees that it was the last.
 *
 * Two bars, both to be cleared: everything that was in the log at the first look is in the rows, and the rest is at most
 * one batch per partition. A lag of exactly zero everywhere may never be seen in a busy log. The store then sees to it that
 * the build has all that queries have seen. That it parks more is only said when what an earlier program had parked has been
 * tried again by this one.
 * @throws ConsumerGone when the build is retired or dropped; TransientFailure.
 */
export const activation = (
  parts: Activation,
  onProgress: (progress: BuildProgress) => void = () => undefined,
): (() => Promise<Activated>) => {
  const {
    projection,
    log,
    store,
    topics,
    recordsMax = usualRecordsMax,
    logger,
    progress,
    acceptParked = false,
  } = parts;
  const partitions = partitionsOf(projection, projection.topics, topics);
  let targets: Ends | undefined;

  return async () => {
    const ends = await endsOf(log, projection);
    targets ??= ends;
    const positions = await Promise.all(partitions.map((at) => store.position(projection, at)));
    const reached = (wanted: Ends, slack: bigint): boolean =>
      partitions.every(
        (at, index) => (positions[index] ?? 0n) + slack >= (wanted.get(nameOfPartition(at))?.next ?? 0n),
      );
    onProgress(progressOf(ends, partitions.map(nameOfPartition), positions));
    if (!reached(targets, 0n) || !reached(ends, BigInt(recordsMax))) return 'behind';
    const activated = await store.activate(projection, { acceptParked });
    if (activated === 'parks more' && !progress.hasTriedParked) return 'behind';
    if (activated !== 'active') return activated;
    const { name, version, generation } = projection;
    logger.info({ projection: name, version, generation }, 'read model caught up: queries see this build now');
    return activated;
  };
};

type Ends = ReadonlyMap<string, { readonly first: bigint; readonly next: bigint }>;

const progressOf = (ends: Ends, partitions: readonly string[], positions: readonly bigint[]): BuildProgress => {
  let [records, of] = [0n, 0n];
  for (const [index, partition] of partitions.entries()) {
    const { first, next } = ends.get(partition) ?? { first: 0n, next: 0n };
    const position = positions[index] ?? 0n;
    of += next - first;
    records += (position < next ? position : next) - (position < first ? position : first);
  }
  return { records: Number(records), of: Number(of) };
};

const endsOf = async (log: Log, projection: Build): Promise<Ends> => {
  const ends = new Map<string, { readonly first: bigint; readonly next: bigint }>();
  for (const topic of projection.topics) {
    for (const { partition, first, next } of await log.positions(topic)) {
      ends.set(nameOfPartition({ topic, partition }), { first, next });
    }
  }
  return ends;
};

/** What two builds have parked, in words. */
export const parksMore = async (
  store: Pick<ReadModelStore, 'builds' | 'parkedRecords'>,
  build: Build,
): Promise<string> => {
  const active = (await activeBuilds(store)).find(({ name }) => name === build.name);
  const [parked, parkedByActive] = [await store.parkedRecords(build), active && (await store.parkedRecords(active))];
  return `${nameOfBuild(build)} parks ${recordsText(parked)}, and what queries see parks ${recordsText(parkedByActive ?? 0)}`;
};

const recordsText = (records: number): string => `${records} ${records === 1 ? 'record' : 'records'}`;
