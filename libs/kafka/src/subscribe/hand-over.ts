/** From one batch of kafkajs to the handler: in pieces of the size asked for, and only what comes next. */
import { type BackOff, type Batch, backOff, type Logger, pause, type Subscription, Weather } from '@plenum/runtime';
import type { EachBatchPayload, Batch as KafkaBatch } from 'kafkajs';
import type { RangeReader } from '../read/range-reader.ts';
import { toRecord } from '../to-record.ts';
import type { Assignment, Place } from './assignment.ts';
import { beating } from './beating.ts';

export type HandOverParts = {
  readonly subscription: Subscription;
  readonly assignment: Assignment;
  readonly reader: RangeReader;
  readonly heartbeatMs: number;
  readonly seek: (topic: string, partition: number, offset: bigint) => void;
  readonly handled: (topic: string, partition: number, next: bigint) => void;
  readonly fail: (error: unknown) => void;
  readonly over: AbortSignal;
  readonly logger: Logger;
};

/** Present in kafkajs' batches and missing from its types. */
type FetchedBatch = KafkaBatch & { readonly fetchedOffset: string };

export const handOver = (parts: HandOverParts): ((payload: EachBatchPayload) => Promise<void>) => {
  const waits = new Map<string, BackOff>();

  return async (payload) => {
    // `fetchedOffset` is set by the constructor of every batch.
    const batch = payload.batch as FetchedBatch;
    const place = parts.assignment.place(batch.topic, batch.partition);
    if (place === undefined) return;
    const name = `${batch.topic}/${batch.partition}`;
    const wait = waits.get(name) ?? backOff(50, 2_000);
    waits.set(name, wait);
    await beating(payload.heartbeat, parts.heartbeatMs, async (lostTouch) => {
      try {
        await place.ready;
        if (!(await beginsHere(parts, place, batch))) return;
        await handPieces(parts, place, { payload, batch, wait, lostTouch });
      } catch (error) {
        // Nothing of ours is for kafkajs to judge: what it is thrown, it may try again.
        parts.fail(error);
      }
    });
  };
};

const isOver = ({ over }: HandOverParts, place: Place): boolean => over.aborted || place.lost;

/** Whether the batch is what comes next. If not, the place is sought again. */
const beginsHere = async (parts: HandOverParts, place: Place, batch: FetchedBatch): Promise<boolean> => {
  if (isOver(parts, place) || place.next === undefined) return false;
  const fetched = BigInt(batch.fetchedOffset);
  if (fetched === place.next) return true;
  const at = place.next;
  const hole = fetched > at && (await isHole(parts.reader, place, { from: at, to: fetched }));
  if (isOver(parts, place)) return false;
  if (!hole) {
    const fields = { topic: place.topic, partition: place.partition, fetched: String(fetched), at: String(at) };
    parts.logger.debug(fields, 'fetched elsewhere: seeking again');
    parts.seek(place.topic, place.partition, at);
  }
  return hole;
};

/**
 * Whether there is no record in between: kafkajs passes over transaction markers by itself, and over everything that
 * retention took as well, which is why it is not believed.
 */
const isHole = async (reader: RangeReader, place: Place, between: { from: bigint; to: bigint }): Promise<boolean> => {
  const { topic, partition } = place;
  for await (const _ of reader.read({ topic, partition, ...between })) return false;
  return true;
};

type Handing = {
  readonly payload: EachBatchPayload;
  readonly batch: FetchedBatch;
  readonly wait: BackOff;
  /** The group has said that this member is no longer, or no longer with these partitions. */
  readonly lostTouch: () => boolean;
};

const handPieces = async (parts: HandOverParts, place: Place, handing: Handing): Promise<void> => {
  const { subscription, assignment, seek, handled } = parts;
  const { payload, batch, wait, lostTouch } = handing;
  const { topic, partition } = place;
  for (const { piece, lastOffset } of piecesOf(batch, place.next ?? 0n, subscription.recordsMax)) {
    if (isOver(parts, place) || lostTouch() || !payload.isRunning()) return;
    let next: bigint;
    try {
      next = await assignment.inHand(place, () => subscription.handle(piece));
    } catch (error) {
      if (!(error instanceof Weather)) throw error;
      await pause(wait.next(), parts.over);
      if (!isOver(parts, place)) await assignment.reposition(place);
      return;
    }
    wait.reset();
    if (place.lost) return;
    handled(topic, partition, next);
    place.next = next;
    if (next !== piece.nextOffset) {
      seek(topic, partition, next);
      return;
    }
    payload.resolveOffset(lastOffset);
  }
};

type Piece = { readonly piece: Batch; readonly lastOffset: string };

function* piecesOf(batch: FetchedBatch, asked: bigint, recordsMax: number): Generator<Piece> {
  const { topic, partition, messages } = batch;
  // The broker notes the end before it reads: what came in between is in the batch and not in that number.
  const noted = BigInt(batch.highWatermark);
  const read = BigInt(batch.lastOffset()) + 1n;
  const endOffset = noted > read ? noted : read;
  let at = asked;
  for (let start = 0; start < messages.length; start += recordsMax) {
    const some = messages.slice(start, start + recordsMax);
    const lastOffset = some.at(-1)?.offset ?? batch.lastOffset();
    // Behind the last record there may be markers that nobody is handed.
    const through = start + recordsMax < messages.length ? lastOffset : batch.lastOffset();
    const nextOffset = BigInt(through) + 1n;
    const piece = { topic, partition, fetchedOffset: at, records: some.map(toRecord), nextOffset, endOffset };
    yield { piece, lastOffset };
    at = nextOffset;
  }
}
