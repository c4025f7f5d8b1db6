/** Brings records into a projection's rows inside a transaction, around those that the store refuses. */
import type { Decision } from '@plenum/event';
import {
  type Fold,
  isNextVersion,
  type Projection,
  type Recorded,
  type Row,
  streamVersions,
  streamVersionsRow,
  VersionGap,
} from '@plenum/read-model';
import { isParked, type Parking, parkFrom } from './consumer/parking.ts';
import { Poison } from './errors.ts';
import type { Read } from './event-codec.ts';
import { type Folded, foldEntries, write } from './fold-entries.ts';
import type { RowsTransaction } from './read-model-store.ts';
import { type RememberedRows, remember } from './row-cache.ts';

/** A record with what it means to the projection. */
export type Item = Read & {
  /** Which of the shares it belongs to. */
  readonly place: number;
  readonly recorded: Recorded | undefined;
  readonly entry: unknown;
  /** Where the projection takes its stream in turn: then it is for it, though it may change nothing. */
  readonly decision: Decision | undefined;
};

/** What one partition takes part with. */
export type Share = {
  /** Added to. */
  readonly parking: Parking;
  /** Its rows as this transaction has them so far. Added to. */
  readonly rows: RememberedRows;
  /** Whether anything was added to its rows. */
  hasChanged?: true;
  /** What its items came to. Added to. */
  readonly counts: { applied: number; duplicates: number };
};

export type Application = {
  readonly tx: RowsTransaction;
  readonly projection: Projection;
  /** By place; of every place that an item has there is one. */
  readonly shares: readonly (Share | undefined)[];
};

/**
 * Applies what is for the projection as one piece. When the store refuses a row, or a version is missing, halves it until the
 * record is found, parks its key from there, and goes on with the rest, in log order.
 */
export const applyAround = async (application: Application, items: readonly Item[]): Promise<void> => {
  const { tx } = application;
  const work = items.filter((item) => isForIt(item) && !isParked(shareOf(application, item).parking, item.record));
  const [first] = work;
  if (first === undefined) return;
  try {
    const { fresh, folded } = await tx.attempt(() => apply(application, work));
    for (const item of work) shareOf(application, item).counts.duplicates += 1;
    for (const item of fresh) {
      const { counts } = shareOf(application, item);
      counts.duplicates -= 1;
      counts.applied += 1;
    }
    for (const one of folded) rememberTouched(application, one);
    return;
  } catch (error) {
    // A gap is poison: waiting does not bring what is missing, and the parked key is what alarms.
    if (!(error instanceof Poison || error instanceof VersionGap)) throw error;
    if (work.length === 1) {
      parkFrom(shareOf(application, first).parking, first.record, error.code, error.message);
      return;
    }
  }
  const middle = Math.ceil(work.length / 2);
  await applyAround(application, work.slice(0, middle));
  await applyAround(application, work.slice(middle));
};

const isForIt = ({ entry, decision }: Item): boolean => entry !== undefined || decision !== undefined;

const shareOf = ({ shares }: Pick<Application, 'shares'>, { place }: Item): Share => shares[place] as Share; // By contract.

/** Rows of one table as these items leave them: true once the attempt around has held. */
type FoldedItems = Folded & { readonly items: readonly Item[] };

const rememberTouched = (application: Application, { table, rows, touches, items }: FoldedItems): void => {
  for (const [index, text] of touches.texts.entries()) {
    const item = items[touches.entries[index] as number] as Item; // Entries are of these items.
    const share = shareOf(application, item);
    share.hasChanged = true;
    const remembered = share.rows.getOrInsertComputed(table.name, () => new Map());
    remember(remembered, text, rows.get(text));
  }
};

type Applied = { readonly fresh: readonly Item[]; readonly folded: readonly FoldedItems[] };

/** Only what is new feeds the folds. */
const apply = async (application: Application, items: readonly Item[]): Promise<Applied> => {
  const { tx, projection } = application;
  const { fresh, versions } = await newOf(application, items);
  const fed = fresh.filter(({ entry }) => entry !== undefined);
  const folded: FoldedItems[] = versions === undefined ? [] : [versions];
  if (fed.length > 0) {
    const entries = fed.map(({ entry }) => entry);
    for (const fold of projection.folds) folded.push(await foldItems(application, fold, { items: fed, entries }));
  }
  // A ledger has refused what its states would. Without one, every row they pass through has to be looked at.
  const passing = projection.ledger === undefined ? 'checked' : 'sound';
  // All are asked for at once, in one order for all writers, and answered in that order: one wait instead of one for each.
  await Promise.all(folded.flatMap(({ writes }) => writes.flatMap((one) => write(tx, one, passing))));
  return { fresh, folded };
};

type Fed = { readonly items: readonly Item[]; readonly entries: readonly unknown[] };

const foldItems = async (
  { tx, shares }: Application,
  fold: Fold<unknown>,
  { items, entries }: Fed,
): Promise<FoldedItems> => {
  const remembered = shares.map((share) => share?.rows.get(fold.table.name));
  const folded = await foldEntries(tx, fold, {
    entries,
    remembered: (entry) => remembered[items[entry]?.place ?? -1],
  });
  return { ...folded, items };
};

type New = {
  readonly fresh: readonly Item[];
  /** How far their streams are afterwards, where the projection takes those in turn. */
  readonly versions?: FoldedItems;
};

/** The ledger or the versions of streams decide what is new; with neither, everything is. @throws VersionGap */
const newOf = async (application: Application, items: readonly Item[]): Promise<New> => {
  const { tx, projection } = application;
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
  return { fresh, versions: await foldItems(application, fold, { items, entries: items }) };
};
