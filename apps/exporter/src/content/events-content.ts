/** Events of one topic as the bytes of a file. */
import { asOfGiven, type ExportAsked, type ExportPosition } from '@plenum/document';
import type { EventsExport } from '@plenum/domain';
import { type Event, parseTimeUs, userPropertiesText } from '@plenum/event';
import {
  batchOfRows,
  type ColumnBatch,
  decisionOf,
  decodeAll,
  type ExportColumn,
  type ExportRow,
  type LogRecord,
} from '@plenum/runtime';
import { eventJson } from './event-json.ts';
import type { Take } from './made.ts';
import type { ContentParts } from './parts.ts';
import { endsOfTopics, fixPosition, positionAskedFor } from './position.ts';
import { countingRows } from './progress.ts';
import { NotMade } from './refusal.ts';

const columns: readonly ExportColumn[] = [
  { name: 'topic', type: 'text', nullable: false },
  { name: 'partition', type: 'integer', nullable: false },
  { name: 'offset', type: 'bigint', nullable: false },
  { name: 'id', type: 'text', nullable: true },
  { name: 'type', type: 'text', nullable: true },
  { name: 'source', type: 'text', nullable: true },
  { name: 'effective_time', type: 'timestamptz', nullable: true },
  { name: 'recorded_time', type: 'timestamptz', nullable: false },
  { name: 'key', type: 'text', nullable: false },
  { name: 'data', type: 'jsonb', nullable: true },
  { name: 'undecodable', type: 'text', nullable: true },
  { name: 'user_properties', type: 'jsonb', nullable: true },
];

/** @throws NotMade, TransientFailure, what `take` throws. */
export const eventsContent = async <T>(parts: ContentParts, kind: EventsExport, take: Take<T>): Promise<T> => {
  const { claimed, log, work, writerOf } = parts;
  const { asked } = claimed;
  const topic = topicOf(kind, asked);
  const asOf = asked.as_of === undefined ? undefined : asOfGiven(asked.as_of);
  const wanted = asOf === undefined ? await endsOfTopics(log, [topic]) : await positionAskedFor(parts, asOf, [topic]);
  const position = await fixPosition(work, claimed, wanted, true);
  const ranges = await rangesOf(parts, topic, position);
  const seen = countingRows(
    parts,
    ranges.reduce((sum, { from, to }) => sum + Number(to - from), 0),
  );
  const writer = writerOf(claimed.format);
  return take({
    position,
    mediaType: writer.mediaType,
    bytes: writer.write(columns, seen.through(batchesOf(parts, topic, ranges))),
    rows: seen.rows,
    certify: (file) => writer.certify(file, { columns, rows: seen.rows() }),
  });
};

const topicOf = ({ topics }: EventsExport, { filters }: ExportAsked): string => {
  const [asked] = filters?.topic ?? [];
  const [only] = topics === 'any' ? [] : topics;
  const topic = typeof asked === 'string' ? asked : only?.name;
  if (topic === undefined) throw new Error('events were accepted without a topic');
  return topic;
};

type Range = { readonly partition: number; readonly from: bigint; readonly to: bigint };

/** Times are those of recording: they grow along the log. */
const rangesOf = async (
  { log, claimed: { asked } }: ContentParts,
  topic: string,
  position: ExportPosition,
): Promise<readonly Range[]> => {
  const [partition] = asked.filters?.partition ?? [];
  const [fromOffset] = asked.filters?.from_offset ?? [];
  const [toOffset] = asked.filters?.to_offset ?? [];
  const at = async (time: string | undefined) =>
    time === undefined ? undefined : log.positionsAt(topic, Math.ceil((parseTimeUs(time) ?? 0) / 1_000));
  const [since, until, kept] = [await at(asked.from), await at(asked.to), await log.positions(topic)];
  const offsets = position[topic] ?? [];
  if (typeof partition === 'number' && partition >= offsets.length) {
    throw new NotMade('not-found', `${topic} has the partitions 0 to ${offsets.length - 1}.`);
  }
  return offsets.flatMap((next, index) => {
    if (typeof partition === 'number' && partition !== index) return [];
    const first = kept.find((one) => one.partition === index)?.first ?? 0n;
    const from = max(first, since?.[index], typeof fromOffset === 'number' ? BigInt(fromOffset) : undefined);
    const to = min(next, until?.[index], typeof toOffset === 'number' ? BigInt(toOffset) : undefined);
    return from < to ? [{ partition: index, from, to }] : [];
  });
};

const max = (one: bigint, ...others: readonly (bigint | undefined)[]): bigint =>
  others.reduce<bigint>((most, other) => (other !== undefined && other > most ? other : most), one);
const min = (one: bigint, ...others: readonly (bigint | undefined)[]): bigint =>
  others.reduce<bigint>((least, other) => (other !== undefined && other < least ? other : least), one);

async function* batchesOf(
  { log, codec, claimed: { organisation }, stop }: ContentParts,
  topic: string,
  ranges: readonly Range[],
): AsyncGenerator<ColumnBatch, void> {
  for (const range of ranges) {
    for await (const { partition, records } of log.read({ topic, ...range })) {
      stop.throwIfAborted();
      const read = await decodeAll(codec, records);
      const theirs = read.filter(({ record }) => isTheirs(record, organisation));
      const rows = theirs.map(({ record, known }) =>
        known.outcome === 'event'
          ? row(topic, partition, record, known.event)
          : row(topic, partition, record, undefined, known.reason),
      );
      yield batchOfRows(columns, rows);
    }
  }
}

/** Decisions belong to organisations, observations to the installation. */
const isTheirs = ({ headers }: LogRecord, organisation: string): boolean => {
  const decision = decisionOf(headers);
  return decision === undefined || (decision !== 'unreadable' && decision.organisation === organisation);
};

const row = (
  topic: string,
  partition: number,
  { offset, key, timestampMs }: LogRecord,
  event: Event | undefined,
  undecodable?: string,
): ExportRow => [
  ...[topic, partition, offset, event?.id, event?.type, event?.source],
  ...[event?.effectiveTimeUs, event?.recordedTimeUs ?? timestampMs * 1_000, key],
  ...[event === undefined ? undefined : eventJson(event), undecodable],
  event?.userProperties && userPropertiesText(event.userProperties),
];
