/**
 * What becomes of one batch of the log in a projection: the policy, in one transaction that the store provides.
 *
 * The checkpoint fences: a process that wakes late finds it moved and changes nothing. Poison parks its key, from that
 * record on, and nothing else. TransientFailure and bugs undo everything. Every record read is counted exactly once, as
 * applied, duplicate, not for this projection, or parked, and how the log is cut into batches makes no difference.
 */
import type { Decision } from '@plenum/event';
import {
  type Build,
  decisionFor,
  entryOf,
  type Fold,
  isNextVersion,
  type Projection,
  type Recorded,
  type Row,
  streamVersions,
  streamVersionsRow,
  VersionGap,
} from '@plenum/read-model';
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
import { type Folded, type FoldedRows, foldEntries, write } from './fold-entries.ts';
import type { Batch } from './log.ts';
import type { ReadModelStore, ReadModelTransaction } from './read-model-store.ts';
import { markOf, noRowCache, type RememberedRows, type RowCache, remember } from './row-cache.ts';

export type Projector = {
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly projection: Build;
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

/** A record with what it means to the projection. */
type Item = Read & {
  readonly recorded: Recorded | undefined;
  readonly entry: unknown;
  /** Where the projection takes its stream in turn: then it is for it, though it may change nothing. */
  readonly decision: Decision | undefined;
};

const isForIt = ({ entry, decision }: Item): boolean => entry !== undefined || decision !== undefined;

type Applied = { readonly applied: number; readonly duplicates: number };

const interpret = (projection: Projection, { record, known }: Read, partition: number): Item => {
  if (known.outcome !== 'event') return { record, known, recorded: undefined, entry: undefined, decision: undefined };
  const recorded: Recorded = { event: known.event, partition, offset: record.offset };
  return {
    record,
    known,
    recorded,
    entry: entryOf(projection, recorded),
    decision: decisionFor(projection, known.event),
  };
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
 * Applies what is for the projection as one piece. When the store refuses a row, or a version is missing, halves it until the
 * record is found, parks its key from there, and goes on with the rest, in log order.
 */
const applyAround = async (application: Application, items: readonly Item[]): Promise<Applied> => {
  const { tx, parking, rows } = application;
  const work = items.filter((item) => isForIt(item) && !isParked(parking, item.record));
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
type Touched = ReadonlyMap<string, FoldedRows>;

/** Only what is new feeds the folds. */
const apply = async (
  { tx, projection, rows }: Application,
  items: readonly Item[],
): Promise<Applied & { readonly touched: Touched }> => {
  const { fresh, versions } = await newOf({ tx, projection, rows }, items);
  const entries = fresh.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const folded: Folded[] = versions === undefined ? [] : [versions];
  if (entries.length > 0) {
    for (const fold of projection.folds) {
      folded.push(await foldEntries(tx, fold, { entries, remembered: rows.get(fold.table.name) }));
    }
  }
  // A ledger has refused what its states would. Without one, every row they pass through has to be looked at.
  const passing = projection.ledger === undefined ? 'checked' : 'sound';
  // All are asked for at once, in one order for all writers, and answered in that order: one wait instead of one for each.
  await Promise.all(folded.flatMap(({ writes }) => writes.flatMap((one) => write(tx, one, passing))));
  const touched = new Map(folded.map(({ table, rows: its }) => [table.name, its]));
  return { applied: fresh.length, duplicates: items.length - fresh.length, touched };
};

type New = {
  readonly fresh: readonly Item[];
  /** How far their streams are afterwards, where the projection takes those in turn. */
  readonly versions?: Folded;
};

/** The ledger or the versions of streams decide what is new; with neither, everything is. @throws VersionGap */
const newOf = async (
  { tx, projection, rows }: Pick<Application, 'tx' | 'projection' | 'rows'>,
  items: readonly Item[],
): Promise<New> => {
  if (projection.ledger !== undefined) {
    const entries = items.map(({ entry }) => entry as Row); // With a ledger, an entry is a ledger row.
    const isNew = await tx.insertNew(projection.ledger, entries);
    return { fresh: items.filter((_, index) => isNew[index] === true) };
  }
  if (projection.streams === undefined) return { fresh: items };
  const fresh: Item[] = [];
  const fold: Fold<unknown> = {
    table: streamVersions,
    keyOf: (item) => ({ stream: (item as Item).decision?.stream }),
    fold: (row, item) => {
      const { decision, recorded } = item as Item; // It is fed with these items, and all of them are decisions.
      if (decision === undefined || recorded === undefined) return row;
      if (!isNextVersion(Number(row?.version ?? 0), decision)) return row;
      fresh.push(item as Item);
      return streamVersionsRow(decision, recorded);
    },
  };
  const versions = await foldEntries(tx, fold, { entries: items, remembered: rows.get(streamVersions.name) });
  return { fresh, versions };
};
