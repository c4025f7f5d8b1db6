/** From one batch of kafkajs to the handler: in pieces of the size asked for, and only what comes next. */
import {
  type BackOff,
  type Batch,
  backOff,
  type Logger,
  pause,
  type Subscription,
  TransientFailure,
} from '@plenum/runtime';
import type { EachBatchPayload, Batch as KafkaBatch } from 'kafkajs';
import { carriedIn } from '../fetch/fetch-patch.ts';
import { piecesOf } from '../fetch/pieces.ts';
import type { RangeReader } from '../read/range-reader.ts';
import type { AssignedPartition, Assignment } from './assignment.ts';
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
    const assigned = parts.assignment.partition(batch.topic, batch.partition);
    if (assigned === undefined) return;
    const name = `${batch.topic}/${batch.partition}`;
    const wait = waits.get(name) ?? backOff(50, 2_000);
    waits.set(name, wait);
    await beating(payload.heartbeat, parts.heartbeatMs, async (lostTouch) => {
      try {
        await assigned.ready;
        if (!(await beginsHere(parts, assigned, batch))) return;
        await handPieces(parts, assigned, { payload, batch, wait, lostTouch });
      } catch (error) {
        // Nothing of ours is for kafkajs to judge: what it is thrown, it may try again.
        parts.fail(error);
      }
    });
  };
};

const isOver = ({ over }: HandOverParts, assigned: AssignedPartition): boolean => over.aborted || assigned.lost;

/** Whether the batch is what comes next. If not, the position is sought again. */
const beginsHere = async (parts: HandOverParts, assigned: AssignedPartition, batch: FetchedBatch): Promise<boolean> => {
  if (isOver(parts, assigned) || assigned.next === undefined) return false;
  const fetched = BigInt(batch.fetchedOffset);
  if (fetched === assigned.next) return true;
  const at = assigned.next;
  const hole = fetched > at && (await isHole(parts.reader, assigned, { from: at, to: fetched }));
  if (isOver(parts, assigned)) return false;
  if (!hole) {
    const fields = { topic: assigned.topic, partition: assigned.partition, fetched: String(fetched), at: String(at) };
    parts.logger.debug(fields, 'fetched elsewhere: seeking again');
    parts.seek(assigned.topic, assigned.partition, at);
  }
  return hole;
};

/**
 * Whether there is no record in between: kafkajs passes over transaction markers by itself, and over everything that
 * retention took as well, which is why it is not believed.
 */
const isHole = async (
  reader: RangeReader,
  assigned: AssignedPartition,
  between: { from: bigint; to: bigint },
): Promise<boolean> => {
  const { topic, partition } = assigned;
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

const handPieces = async (parts: HandOverParts, assigned: AssignedPartition, handing: Handing): Promise<void> => {
  const { subscription, assignment, seek, handled } = parts;
  const { payload, batch, wait, lostTouch } = handing;
  for await (const piece of batchesOf(batch, assigned.next ?? 0n, subscription.recordsMax)) {
    if (isOver(parts, assigned) || lostTouch() || !payload.isRunning()) return;
    let next: bigint;
    try {
      next = await assignment.inHand(assigned, () => subscription.handle(piece));
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      await pause(wait.next(), parts.over);
      if (!isOver(parts, assigned)) await assignment.reposition(assigned);
      return;
    }
    wait.reset();
    if (assigned.lost) return;
    handled(assigned.topic, assigned.partition, next);
    assigned.next = next;
    if (next !== piece.nextOffset) {
      seek(assigned.topic, assigned.partition, next);
      return;
    }
    payload.resolveOffset(String(next - 1n));
  }
  // Also when compaction has left nothing of what was asked for: it would be fetched again for ever.
  payload.resolveOffset(batch.lastOffset());
};

async function* batchesOf(fetched: FetchedBatch, asked: bigint, recordsMax: number): AsyncGenerator<Batch> {
  const { topic, partition } = fetched;
  const set = carriedIn(fetched.messages);
  if (set === undefined) throw new Error(`${topic}/${partition} was handed over with nothing in it`);
  // The broker notes the end before it reads: what came in between is in the batch and not in that number.
  const noted = BigInt(fetched.highWatermark);
  const read = BigInt(fetched.lastOffset()) + 1n;
  const endOffset = noted > read ? noted : read;
  let at = asked;
  for await (const { records, next } of piecesOf(set, { from: asked, to: read, recordsMax })) {
    yield { topic, partition, fetchedOffset: at, records, nextOffset: next, endOffset };
    at = next;
  }
}
