/**
 * What becomes of one batch of the log in a projection: the policy, in one transaction that the store provides.
 *
 * The checkpoint fences: a process that wakes late finds it moved and changes nothing. Poison parks its key, from that
 * record on, and nothing else. TransientFailure and bugs undo everything. Every record read is counted exactly once, as
 * applied, duplicate, not for this projection, or parked, and how the log is cut into batches makes no difference.
 */
import { keyText, type Projection, type Row, type Table, VersionGap } from '@plenum/read-model';
import { type Counters, noCounters, type ParkedRecord, type Released } from './consumer/checkpoint-store.ts';
import {
  isParked,
  isReason,
  type Parking,
  parkedBefore,
  parkFrom,
  parkUndecodable,
  toParked,
} from './consumer/parking.ts';
import type { ParkedAgain } from './consumer/retry-parked.ts';
import { Poison } from './errors.ts';
import { decodeAll, type EventCodec, type Read } from './event-codec.ts';
import type { Batch } from './log.ts';
import type { ReadModelStore, ReadModelTransaction } from './read-model-store.ts';
import { markOf, noRowCache, type RememberedRows, type RowCache, remember } from './row-cache.ts';

export type Projector = {
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly projection: Projection;
  /** State rows remembered from batch to batch; one cache for one projection. */
  readonly cache?: RowCache;
};

/** Where to read on, and what this batch added to the counters: nothing when the checkpoint was elsewhere. */
export type Projected = {
  readonly next: bigint;
  readonly counters: Counters;
  /** Of each key that this batch parked, the record that it is parked for. */
  readonly newlyParked: readonly ParkedRecord[];
};

/**
 * Brings one batch into a projection's rows. Answers the batch's `nextOffset` when it is in; the checkpoint when records
 * between it and the batch are missing (seek there) or all of the batch was in before.
 * @throws TransientFailure when nothing, or after a lost commit everything, has happened: hand the same batch in again.
 */
export const projectBatch = async (projector: Projector, batch: Batch): Promise<Projected> => {
  const { store, codec, projection, cache = noRowCache } = projector;
  // Before the transaction: asking what a schema id means may take a while, and others wait for the checkpoint.
  const read = await decodeAll(codec, batch.records);
  const items = read.map((one) => interpret(projection, one, batch.partition));

  const at = { topic: batch.topic, partition: batch.partition };
  const { known, ...projected } = await store.transact(projection, at, (tx) =>
    bringIn(projector, tx, { batch, items }),
  );
  if (known !== undefined) cache.put(at, { next: projected.next, parked: known.parked }, known.rows);
  return projected;
};

/**
 * Tries records of one parked key again, in order, from the first that is parked on. What is taken now is released; from the
 * first one that is refused again on, the rest stays parked.
 * @returns how many were released. @throws TransientFailure when nothing has happened, or somebody else was at it.
 */
export const retryRecords = async (
  { store, codec, projection }: Projector,
  { at, key, records }: ParkedAgain,
): Promise<number> => {
  const read = await decodeAll(codec, records);
  const items = read.map((one) => interpret(projection, one, at.partition));
  return store.transact(projection, at, async (tx) => {
    const parking: Parking = new Map();
    parkUndecodable(parking, items);
    const counts = await applyAround({ tx, projection, parking, rows: new Map() }, items);
    const taken = items.filter(({ record }) => !isParked(parking, record));
    const last = taken.at(-1);
    if (last === undefined) return 0;
    const released: Released = { ...counts, notForIt: taken.length - counts.applied - counts.duplicates };
    await tx.release(key, last.record.offset, released);
    return taken.length;
  });
};

type Interpreted = { readonly batch: Batch; readonly items: readonly Item[] };

/** `known` are the rows of the states as this leaves them, with the count of parked records; true once it has committed. */
const bringIn = async (
  { projection, cache = noRowCache }: Projector,
  tx: ReadModelTransaction,
  { batch, items: all }: Interpreted,
): Promise<Projected & { readonly known?: { readonly rows: RememberedRows; readonly parked: number } }> => {
  const { next, counters } = tx.checkpoint;
  // The offset asked for is compared, not the first record's: a log may have holes between them.
  if (batch.fetchedOffset > next || batch.nextOffset <= next) return { next, counters: noCounters, newlyParked: [] };

  const items = all.filter(({ record }) => record.offset >= next);
  const parking = await parkedBefore(
    tx,
    items.map(({ record }) => record),
  );
  parkUndecodable(parking, items);

  const rows = cache.take(batch, markOf(tx.checkpoint));
  const counts = await applyAround({ tx, projection, parking, rows }, items);
  const parked = items.filter(({ record }) => isParked(parking, record)).map((item) => toParked(parking, item));
  if (parked.length > 0) await tx.park(parked);
  const added = {
    read: items.length,
    ...counts,
    notForIt: items.length - counts.applied - counts.duplicates - parked.length,
    parked: parked.length,
  };
  await tx.advance(batch.nextOffset, added);
  const known = { rows, parked: counters.parked + parked.length };
  return { next: batch.nextOffset, counters: added, newlyParked: parked.filter(isReason), known };
};

/** A record with what it means to the projection, if it means anything. */
type Item = Read & { readonly entry: unknown };

type Applied = { readonly applied: number; readonly duplicates: number };

const interpret = (projection: Projection, { record, known }: Read, partition: number): Item => {
  const entry =
    known.outcome === 'event' ? projection.entry({ event: known.event, partition, offset: record.offset }) : undefined;
  return { record, known, entry };
};

type Application = {
  readonly tx: ReadModelTransaction;
  readonly projection: Projection;
  /** Added to. */
  readonly parking: Parking;
  /** As this transaction has them so far. Added to. */
  readonly rows: RememberedRows;
};

/**
 * Applies what is for the projection as one piece. When the store refuses a row, or a fold misses a version, halves it until the
 * record is found, parks its key from there, and goes on with the rest, in log order.
 */
const applyAround = async (application: Application, items: readonly Item[]): Promise<Applied> => {
  const { tx, parking, rows } = application;
  const work = items.filter((item) => item.entry !== undefined && !isParked(parking, item.record));
  const [first] = work;
  if (first === undefined) return { applied: 0, duplicates: 0 };
  try {
    const { touched, ...counts } = await tx.attempt(() => apply(application, work));
    for (const [table, its] of touched) remember(rows, table, its);
    return counts;
  } catch (error) {
    // A gap is poison: waiting does not bring what is missing, and the parked key is what alarms.
    if (!(error instanceof Poison || error instanceof VersionGap)) throw error;
    if (work.length === 1) {
      parkFrom(parking, first.record, error.code, error.message);
      return { applied: 0, duplicates: 0 };
    }
  }
  const middle = Math.ceil(work.length / 2);
  const left = await applyAround(application, work.slice(0, middle));
  const right = await applyAround(application, work.slice(middle));
  return { applied: left.applied + right.applied, duplicates: left.duplicates + right.duplicates };
};

/** The rows of each table that were read or changed: true once the attempt around has held. */
type Touched = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** The ledger decides what is new; only that feeds the folds. Without a ledger everything does. */
const apply = async (
  { tx, projection, rows }: Application,
  items: readonly Item[],
): Promise<Applied & { readonly touched: Touched }> => {
  let entries = items.map(({ entry }) => entry);
  if (projection.ledger !== undefined) {
    const isNew = await tx.insertNew(projection.ledger, entries as Row[]); // With a ledger, an entry is a ledger row.
    entries = entries.filter((_, index) => isNew[index] === true);
  }
  const folded: Folded[] = [];
  if (entries.length > 0) {
    for (const fold of projection.folds) {
      folded.push(await applyFold(tx, fold, { entries, remembered: rows.get(fold.table.name) }));
    }
  }
  // A ledger has refused what its states would. Without one, every row they pass through has to be looked at.
  const passing = projection.ledger === undefined ? 'checked' : 'sound';
  // All are asked for at once, in one order for all writers, and answered in that order: one wait instead of one for each.
  await Promise.all(folded.flatMap((one) => keep(tx, one, passing)));
  const touched = new Map(folded.map(({ table, rows: its }) => [table.name, its]));
  return { applied: entries.length, duplicates: items.length - entries.length, touched };
};

type Feed = {
  readonly entries: readonly unknown[];
  readonly remembered: ReadonlyMap<string, Row> | undefined;
};

type Folded = {
  readonly table: Table;
  /** Those that were touched, as they are now. */
  readonly rows: ReadonlyMap<string, Row>;
  readonly changed: ReadonlySet<string>;
  /** Rows that were made and replaced by later ones, all within these entries. */
  readonly replaced: readonly Row[];
};

/** Every touched row is loaded at most once, and folded one entry at a time in log order. */
const applyFold = async (
  tx: ReadModelTransaction,
  { table, keyOf, fold }: Projection['folds'][number],
  { entries, remembered }: Feed,
): Promise<Folded> => {
  const rows = new Map<string, Row>();
  const missing = new Map<string, Row>();
  const keys = entries.map((entry) => {
    const key = keyOf(entry);
    const text = keyText(table, key);
    const row = remembered?.get(text);
    if (row === undefined) missing.set(text, key);
    else rows.set(text, row);
    return text;
  });
  if (missing.size > 0) {
    for (const [text, row] of await tx.load(table, [...missing.values()])) rows.set(text, row);
  }

  const changed = new Set<string>();
  const replaced: Row[] = [];
  for (const [index, text] of keys.entries()) {
    const before = rows.get(text);
    const after = fold(before, entries[index]);
    if (after === before) continue;
    if (before !== undefined && changed.has(text)) replaced.push(before);
    rows.set(text, after);
    changed.add(text);
  }
  return { table, rows, changed, replaced };
};

/** Saves every row that changed, once. */
const keep = (
  tx: ReadModelTransaction,
  { table, rows, changed, replaced }: Folded,
  passing: 'checked' | 'sound',
): readonly Promise<void>[] => {
  // One order for all writers: two transactions that met on two rows in opposite orders would deadlock.
  const ordered = [...changed].sort().flatMap((text) => {
    const row = rows.get(text);
    return row === undefined ? [] : [row];
  });
  return [
    ...(passing === 'checked' && replaced.length > 0 ? [tx.check(table, replaced)] : []),
    ...(ordered.length > 0 ? [tx.save(table, ordered)] : []),
  ];
};
