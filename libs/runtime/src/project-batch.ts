/**
 * What becomes of one batch of the log in a read-model set: the policy, in one transaction that the store provides.
 *
 * The checkpoint fences: whoever wakes late finds it moved and changes nothing. Poison parks its key, from that
 * record on, and nothing else. Weather and bugs undo everything. Every record read is counted exactly once, as
 * applied, duplicate, not for this set, or parked, and how the log is cut into batches makes no difference.
 */
import { keyText, type ReadModelSet, type Row } from '@plenum/read-model';
import { Poison } from './errors.ts';
import { decodeAll, type EventCodec, type Read } from './event-codec.ts';
import type { Batch, LogRecord } from './log.ts';
import type { ParkedRecord, ReadModelStore, ReadModelTransaction, Sums } from './read-model-store.ts';

export type Projection = {
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly set: ReadModelSet;
};

/** Where to read on, and what this batch added to the sums: nothing when the checkpoint was elsewhere. */
export type Projected = { readonly next: bigint; readonly sums: Sums };

/**
 * Brings one batch into a set's rows. Answers the batch's `nextOffset` when it is in; the checkpoint when records
 * between it and the batch are missing (seek there) or all of the batch was in before.
 * @throws Weather when nothing, or after a lost commit everything, has happened: hand the same batch in again.
 */
export const projectBatch = async ({ store, codec, set }: Projection, batch: Batch): Promise<Projected> => {
  // Before the transaction: asking what a schema id means may take a while, and others wait for the checkpoint.
  const read = await decodeAll(codec, batch.records);
  const all = read.map((one) => interpret(set, one, batch.partition));

  return store.transact(set, { topic: batch.topic, partition: batch.partition }, async (tx) => {
    const { next, sums } = tx.checkpoint;
    // The offset asked for is compared, not the first record's: a log may have holes between them.
    if (batch.fetchedOffset > next || batch.nextOffset <= next) return { next, sums: nothing };

    const items = all.filter(({ record }) => record.offset >= next);
    // Where nothing has ever been parked, nobody needs to look for parked keys.
    const before = sums.parked === 0 ? none : await tx.parkedKeys([...new Set(items.map(({ record }) => record.key))]);
    const parking = parkUndecodable(
      new Map([...before].map((key) => [key, { from: -1n, code: '', reason: '' }])),
      items,
    );

    const work = items.filter((item) => item.entry !== undefined && !isParked(parking, item.record));
    const counts = await applyAround(tx, set, { work, parking });

    const parked = items.filter(({ record }) => isParked(parking, record)).map((item) => toParked(parking, item));
    if (parked.length > 0) await tx.park(parked);
    const added = {
      read: items.length,
      ...counts,
      notForIt: items.length - counts.applied - counts.duplicates - parked.length,
      parked: parked.length,
    };
    await tx.advance(batch.nextOffset, added);
    return { next: batch.nextOffset, sums: added };
  });
};

const nothing: Sums = { read: 0, applied: 0, duplicates: 0, notForIt: 0, parked: 0 };
const none: ReadonlySet<string> = new Set();

/** A record with what it means to the set, if it means anything. */
type Item = Read & { readonly entry: unknown };

/** From which offset on a key is parked, and why its first record is. A key parked by an earlier batch has -1. */
type Parking = Map<string, { readonly from: bigint; readonly code: string; readonly reason: string }>;

type Applied = { readonly applied: number; readonly duplicates: number };

const interpret = (set: ReadModelSet, { record, known }: Read, partition: number): Item => {
  const entry =
    known.outcome === 'event' ? set.entry({ event: known.event, partition, offset: record.offset }) : undefined;
  return { record, known, entry };
};

const parkUndecodable = (parking: Parking, items: readonly Item[]): Parking => {
  for (const { record, known } of items) {
    if (known.outcome === 'event' || parking.has(record.key)) continue;
    parking.set(record.key, { from: record.offset, code: 'undecodable', reason: known.reason });
  }
  return parking;
};

const isParked = (parking: Parking, { key, offset }: LogRecord): boolean => {
  const place = parking.get(key);
  return place !== undefined && offset >= place.from;
};

/**
 * Applies the work as one piece. When the store refuses a row, halves it until the record is found, parks its key
 * from there, and goes on with the rest, in log order. Adds to `parking`.
 */
const applyAround = async (
  tx: ReadModelTransaction,
  set: ReadModelSet,
  { work, parking }: { readonly work: readonly Item[]; readonly parking: Parking },
): Promise<Applied> => {
  const rest = work.filter(({ record }) => !isParked(parking, record));
  const [first] = rest;
  if (first === undefined) return { applied: 0, duplicates: 0 };
  try {
    return await tx.attempt(() => apply(tx, set, rest));
  } catch (error) {
    if (!(error instanceof Poison)) throw error;
    if (rest.length === 1) {
      parking.set(first.record.key, { from: first.record.offset, code: error.code, reason: error.message });
      return { applied: 0, duplicates: 0 };
    }
  }
  const middle = Math.ceil(rest.length / 2);
  const left = await applyAround(tx, set, { work: rest.slice(0, middle), parking });
  const right = await applyAround(tx, set, { work: rest.slice(middle), parking });
  return { applied: left.applied + right.applied, duplicates: left.duplicates + right.duplicates };
};

/** The ledger decides what is new; only that feeds the folds. Without a ledger everything does. */
const apply = async (tx: ReadModelTransaction, set: ReadModelSet, items: readonly Item[]): Promise<Applied> => {
  let entries = items.map(({ entry }) => entry);
  if (set.ledger !== undefined) {
    const isNew = await tx.insertNew(set.ledger, entries as Row[]); // With a ledger, an entry is a ledger row.
    entries = entries.filter((_, index) => isNew[index] === true);
  }
  for (const fold of set.folds) await applyFold(tx, fold, entries);
  return { applied: entries.length, duplicates: items.length - entries.length };
};

/** Every touched row is loaded once, folded one entry at a time in log order, and saved once if it changed. */
const applyFold = async (
  tx: ReadModelTransaction,
  { table, keyOf, fold }: ReadModelSet['folds'][number],
  entries: readonly unknown[],
): Promise<void> => {
  if (entries.length === 0) return;
  const keys = new Map<string, Row>();
  const touched = entries.map((entry) => {
    const key = keyOf(entry);
    const text = keyText(table, key);
    if (!keys.has(text)) keys.set(text, key);
    return text;
  });

  const rows = new Map(await tx.load(table, [...keys.values()]));
  const changed = new Map<string, Row>();
  for (const [index, text] of touched.entries()) {
    const before = rows.get(text);
    const after = fold(before, entries[index]);
    if (after === before) continue;
    rows.set(text, after);
    changed.set(text, after);
  }
  if (changed.size === 0) return;
  // One order for all writers: two transactions that met on two rows in opposite orders would deadlock.
  const ordered = [...changed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await tx.save(table, ordered);
};

const toParked = (parking: Parking, { record, known }: Item): ParkedRecord => {
  const place = parking.get(record.key);
  const isFirst = place?.from === record.offset;
  return {
    offset: record.offset,
    key: record.key,
    eventId: known.outcome === 'event' ? known.event.id : undefined,
    value: record.value,
    code: isFirst ? place.code : 'behind',
    reason: isFirst ? place.reason : 'An earlier record of the same key is parked.',
  };
};
