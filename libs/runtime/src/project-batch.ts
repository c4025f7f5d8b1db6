/**
 * What becomes of batches of the log in a projection: the policy, in one transaction that the store provides.
 *
 * The checkpoint fences: a process that wakes late finds it moved and changes nothing. Poison parks its key, from that
 * record on, and nothing else. TransientFailure and bugs undo everything. Every record read is counted exactly once, as
 * applied, duplicate, not for this projection, or parked, and neither how the log is cut into batches nor which of them share
 * a transaction makes a difference.
 */
import { type Build, decisionFor, entryOf, type Recorded } from '@plenum/read-model';
import { applyAround, type Item, type Share } from './apply-items.ts';
import {
  type Counters,
  type Move,
  noCounters,
  type ParkedRecord,
  type PartitionTransaction,
  type Released,
  type TopicPartition,
} from './consumer/checkpoint-store.ts';
import { isParked, isReason, parkedBefore, parkUndecodable, toParked } from './consumer/parking.ts';
import type { ParkedAgain } from './consumer/retry-parked.ts';
import { decodeAll, type EventCodec } from './event-codec.ts';
import type { Batch, LogRecord } from './log.ts';
import type { PartitionsTransaction, ReadModelStore } from './read-model-store.ts';
import { markOf, noRowCache, type RememberedRows, type RowCache } from './row-cache.ts';

export type Projector = {
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly projection: Build;
  /** State rows remembered from batch to batch; one cache for one projection. */
  readonly cache?: RowCache;
};

/** Where to read on, and what a batch added to the counters: nothing when the checkpoint was elsewhere. */
export type Projected = {
  readonly next: bigint;
  readonly counters: Counters;
  /** Of each key that this batch parked, the record that it is parked for. */
  readonly newlyParked: readonly ParkedRecord[];
};

/**
 * Brings batches of different partitions into a projection's rows. Answers of each the batch's `nextOffset` when it is in; the
 * checkpoint when records between it and the batch are missing (seek there) or all of the batch was in before; `held`
 * when somebody else is at that partition: hand the batch in again by itself, which waits.
 * @throws TransientFailure when nothing, or after a lost commit everything, has happened: hand the same batches in again.
 */
export const projectBatches = async (
  projector: Projector,
  batches: readonly Batch[],
): Promise<readonly (Projected | 'held')[]> => {
  const { store, projection, cache = noRowCache } = projector;
  // Before the transaction: asking what a schema id means may take a while, and others wait for the checkpoints.
  const read = await Promise.all(
    batches.map(async (batch, place) => ({ batch, items: await itemsOf(projector, batch, place) })),
  );
  const places = batches.map(placeOf);
  let shares: Shares = [];
  const broughtIn = await store.transactTogether(projection, places, async (tx) => {
    shares = await sharesOf({ tx, read, cache, undone: shares });
    return bringIn(projector, tx, { read, shares });
  });
  return broughtIn.map((one) => {
    if (one === 'held' || one.share === undefined) return one;
    const { share, ...projected } = one;
    const { next } = projected;
    const { parked } = share.partition.checkpoint.counters;
    cache.put(share.batch, { next, parked: parked + projected.counters.parked }, share.rows);
    return projected;
  });
};

/** The same with one batch, which is waited for. */
export const projectBatch = async (projector: Projector, batch: Batch): Promise<Projected> => {
  const [projected] = await projectBatches(projector, [batch]);
  if (projected === undefined || projected === 'held') throw new Error('a single partition is waited for');
  return projected;
};

/**
 * Tries records of one parked key again, in order, from the first that is parked on. What is taken now is released; from the
 * first one that is refused again on, the rest stays parked.
 * @returns how many were released. @throws TransientFailure when nothing has happened, or somebody else was at it.
 */
export const retryRecords = async (projector: Projector, { at, key, records }: ParkedAgain): Promise<number> => {
  const { store, projection } = projector;
  const items = await itemsOf(projector, { ...at, records }, 0);
  return store.transact(projection, at, async (tx) => {
    const share: Share = { parking: new Map(), rows: new Map(), counts: { applied: 0, duplicates: 0 } };
    parkUndecodable(share.parking, items);
    await applyAround({ tx, projection, shares: [share] }, items);
    const taken = items.filter(({ record }) => !isParked(share.parking, record));
    const last = taken.at(-1);
    if (last === undefined) return 0;
    const { applied, duplicates } = share.counts;
    const released: Released = { applied, duplicates, notForIt: taken.length - applied - duplicates };
    await tx.release(key, last.record.offset, released);
    return taken.length;
  });
};

type Interpreted = { readonly batch: Batch; readonly items: readonly Item[] };

/** What a batch takes part with. */
type BatchShare = Share & Interpreted & { readonly partition: PartitionTransaction };

/** `share` is of those that are in: their rows are as this leaves them, once it has committed. */
type BroughtIn = Projected & { readonly share?: BatchShare };

/** By place; of those that take part. */
type Shares = readonly (BatchShare | undefined)[];

type Opening = {
  readonly tx: PartitionsTransaction;
  readonly read: readonly Interpreted[];
  readonly cache: RowCache;
  /** Those of a transaction before this one, in which nothing has happened in the end. */
  readonly undone: Shares;
};

const sharesOf = async ({ tx, read, cache, undone }: Opening): Promise<Shares> => {
  const shares: (BatchShare | undefined)[] = [];
  for (const [place, one] of read.entries()) {
    const partition = tx.partitions[place];
    if (partition === undefined || !isNext(one.batch, partition)) continue;
    const rows = unchanged(undone[place], partition) ?? cache.take(one.batch, markOf(partition.checkpoint));
    shares[place] = await shareOf(one, partition, rows);
  }
  return shares;
};

/** What the cache hands out it forgets, so rows that are still as it gave them are for the next transaction. */
const unchanged = (
  undone: BatchShare | undefined,
  { checkpoint: { next, counters } }: PartitionTransaction,
): RememberedRows | undefined => {
  if (undone === undefined || undone.hasChanged) return undefined;
  const mark = markOf(undone.partition.checkpoint);
  return mark.next === next && mark.parked === counters.parked ? undone.rows : undefined;
};

const bringIn = async (
  { projection }: Projector,
  tx: PartitionsTransaction,
  { read, shares }: { readonly read: readonly Interpreted[]; readonly shares: Shares },
): Promise<readonly (BroughtIn | 'held')[]> => {
  await applyAround(
    { tx, projection, shares },
    shares.flatMap((share) => share?.items ?? []),
  );
  const moves: Move[] = [];
  const broughtIn: (BroughtIn | 'held')[] = [];
  for (const [place, { batch }] of read.entries()) {
    const share = shares[place];
    if (share === undefined) {
      broughtIn.push(elsewhere(tx.partitions[place]));
      continue;
    }
    const projected = await settle(share);
    moves.push({ at: placeOf(batch), next: projected.next, counters: projected.counters });
    broughtIn.push({ ...projected, share });
  }
  if (moves.length > 0) await tx.advance(moves);
  return broughtIn;
};

/** The offset asked for is compared, not the first record's: a log may have holes between them. */
const isNext = ({ fetchedOffset, nextOffset }: Batch, { checkpoint: { next } }: PartitionTransaction): boolean =>
  fetchedOffset <= next && nextOffset > next;

const elsewhere = (partition: PartitionTransaction | undefined): Projected | 'held' =>
  partition === undefined ? 'held' : { next: partition.checkpoint.next, counters: noCounters, newlyParked: [] };

const placeOf = ({ topic, partition }: TopicPartition): TopicPartition => ({ topic, partition });

const shareOf = async (
  { batch, items: all }: Interpreted,
  partition: PartitionTransaction,
  rows: RememberedRows,
): Promise<BatchShare> => {
  const items = all.filter(({ record }) => record.offset >= partition.checkpoint.next);
  const records = items.map(({ record }) => record);
  const parking = await parkedBefore(partition, records);
  parkUndecodable(parking, items);
  return { batch, items, partition, parking, rows, counts: { applied: 0, duplicates: 0 } };
};

/** Sets aside what is parked, and says what the batch comes to. */
const settle = async ({ batch, items, partition, parking, counts }: BatchShare): Promise<Projected> => {
  const parked = items.filter(({ record }) => isParked(parking, record)).map((item) => toParked(parking, item));
  if (parked.length > 0) await partition.park(parked);
  const { applied, duplicates } = counts;
  const notForIt = items.length - applied - duplicates - parked.length;
  const counters = { read: items.length, applied, duplicates, notForIt, parked: parked.length };
  return { next: batch.nextOffset, counters, newlyParked: parked.filter(isReason) };
};

type Read = { readonly partition: number; readonly records: readonly LogRecord[] };

const itemsOf = async (
  { codec, projection }: Projector,
  { partition, records }: Read,
  place: number,
): Promise<readonly Item[]> =>
  (await decodeAll(codec, records)).map(({ record, known }): Item => {
    if (known.outcome !== 'event')
      return { record, known, place, recorded: undefined, entry: undefined, decision: undefined };
    const recorded: Recorded = { event: known.event, partition, offset: record.offset };
    const entry = entryOf(projection, recorded);
    return { record, known, place, recorded, entry, decision: decisionFor(projection, known.event) };
  });
