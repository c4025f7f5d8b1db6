/** What an export is as of, and whether what is read has come so far. */
import { type AsOf, type ExportPosition, positionJson, positionOfJson } from '@plenum/document';
import { type Log, type SnapshotPosition, TransientFailure } from '@plenum/runtime';
import type { Claimed, ExportWork } from '../work/export-work.ts';
import { NotMade } from './refusal.ts';

type PositionParts = { readonly log: Pick<Log, 'positions' | 'positionsAt' | 'read'>; readonly work: ExportWork };

/** The end of these topics as it is now. @throws TransientFailure */
export const endsOfTopics = async (log: Pick<Log, 'positions'>, topics: readonly string[]): Promise<ExportPosition> => {
  const ends = topics.map(async (topic) => {
    const partitions = [...(await log.positions(topic))].sort((one, other) => one.partition - other.partition);
    return [topic, partitions.map(({ next }) => next)] as const;
  });
  return Object.fromEntries(await Promise.all(ends));
};

/**
 * What was asked for as of, as offsets of these topics. A time stands for everything that was recorded by then.
 * @throws NotMade where the log has not come so far, or nothing is said of a topic; TransientFailure
 */
export const positionAskedFor = async (
  { log }: Pick<PositionParts, 'log'>,
  asOf: AsOf,
  topics: readonly string[],
): Promise<ExportPosition> => {
  if ('timeUs' in asOf) {
    const afterMs = Math.floor(asOf.timeUs / 1_000) + 1;
    const at = topics.map(async (topic) => [topic, await log.positionsAt(topic, afterMs)] as const);
    return Object.fromEntries(await Promise.all(at));
  }
  const ends = await endsOfTopics(log, topics);
  const entries = topics.map((topic) => {
    const offsets = asOf.position[topic];
    const last = ends[topic] ?? [];
    if (offsets === undefined) throw new NotMade('not-possible', `The position says nothing of ${topic}.`);
    if (offsets.length !== last.length || offsets.some((offset, partition) => offset > (last[partition] ?? 0n))) {
      throw new NotMade('not-possible', `The position is none of ${topic}: it is further than the log.`);
    }
    return [topic, offsets] as const;
  });
  return Object.fromEntries(entries);
};

/** The least of what these projections have. */
export const positionOfSnapshot = (positions: readonly SnapshotPosition[]): ExportPosition => {
  const least: Record<string, bigint[]> = {};
  for (const { topic, partition, next } of positions) {
    const offsets = (least[topic] ??= []);
    const known = offsets[partition];
    offsets[partition] = known === undefined || next < known ? next : known;
  }
  return least;
};

/** Waits, by failing for now, until the tables have all that is before a position. @throws TransientFailure */
export const expectReached = (has: ExportPosition, wanted: ExportPosition): void => {
  for (const [topic, offsets] of Object.entries(wanted)) {
    if (offsets.every((offset, partition) => offset <= (has[topic]?.[partition] ?? 0n))) continue;
    throw new TransientFailure('not-reached', `The tables have not come as far in ${topic} as was asked for`);
  }
};

/**
 * Fixes the position of an export, so that an exporter that takes it up later has the same: of what can be had as of any
 * position the first one stays, of all else the last.
 * @throws TransientFailure when somebody else has taken it up
 */
export const fixPosition = async (
  work: ExportWork,
  claimed: Claimed,
  position: ExportPosition,
  isKept: boolean,
): Promise<ExportPosition> => {
  const fixed = await work.position(claimed, positionJson(position), isKept);
  if (fixed === undefined) throw new TransientFailure('lost', 'Another exporter has taken it up');
  return positionOfJson(fixed);
};

/** When the last event before a position was recorded, in microseconds; 0 when there is none. @throws TransientFailure */
export const timeOfPosition = async (log: Pick<Log, 'read'>, position: ExportPosition): Promise<number> => {
  let lastMs = 0;
  for (const [topic, offsets] of Object.entries(position)) {
    for (const [partition, next] of offsets.entries()) {
      if (next === 0n) continue;
      for await (const { records } of log.read({ topic, partition, from: next - 1n, to: next })) {
        for (const { timestampMs } of records) lastMs = Math.max(lastMs, timestampMs);
      }
    }
  }
  return lastMs * 1_000;
};
