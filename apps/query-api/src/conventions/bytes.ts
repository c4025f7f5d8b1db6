/** Bounds on what one answer holds: so much of a list as fits, and what is on its way to clients. */
import type { Rows } from '@plenum/read-model';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { garbageCollector } from '../database/collect-garbage.ts';
import { keptJson, writeJson } from '../database/kept-json.ts';
import { type PageBudget, pageBytesMax, smallBytes } from '../database/page-budget.ts';

/** What stands around the items of a page: its cursor and link, and single things beside the list. */
const aroundBytes = 65_536;
export const itemsBytesMax = pageBytesMax - aroundBytes;

/** A list, and whether there would be more of it. */
export type Fitting<T> = { readonly items: readonly T[]; readonly isWhole: boolean };

type FittingInto<R, T> = {
  readonly limit: number;
  readonly show: (row: R) => T;
  /** What else is in the answer, where that may be large. */
  readonly beside?: object;
};

/** As many of the first `limit` rows as fit into a page, shown; the first one in any case. */
export const fitting = <R, T>(rows: Rows<R>, { limit, show, beside }: FittingInto<R, T>): Fitting<T> => {
  const wanted = rows.length > limit ? rows.slice(0, limit) : rows;
  // What is small needs no measuring: whatever the rows hold, as JSON it is smaller than a page may be.
  if (rows.bytes === undefined) return { items: wanted.map(show), isWhole: rows.length <= limit };
  const list = byteList<T>(beside === undefined ? 0 : bytesOf(beside));
  const isFull = wanted.some((row) => !list.add(show(row)));
  return { items: list.items, isWhole: !isFull && rows.length <= limit && rows.isCut !== true };
};

/** A list that takes what fits, and the first item in any case. */
export const byteList = <T>(besideBytes = 0) => {
  const items: T[] = [];
  let bytes = besideBytes;
  return {
    items: items as readonly T[],
    /** Whether it was taken. */
    add: (item: T): boolean => {
      const text = writeJson(item);
      const more = Buffer.byteLength(text) + 1;
      if (items.length > 0 && bytes + more > itemsBytesMax) return false;
      bytes += more;
      items.push(writtenAlready(item, text));
      return true;
    },
  };
};

/** Of what is large the text is enough: it is written once, and the objects can go. Nothing looks into an answer's items. */
const writtenAlready = <T>(item: T, text: string): T =>
  text.length < keptFrom ? item : (keptJson(text) as unknown as T); // Which goes out as the item would.

const keptFrom = 16_384;

const bytesOf = (value: unknown): number => Buffer.byteLength(writeJson(value));

type Gathering<R, T> = {
  /** The rows after this one, or the first. */
  readonly read: (after: R | undefined, limit: number) => Promise<Rows<R>>;
  readonly show: (row: R) => T;
  readonly rowsMax: number;
  readonly budget: PageBudget;
};

const portionRowsMax = 1_000;

/** For answers that have no next page: reads on until everything is there, or as much as fits. @throws TransientFailure */
export const gathered = async <R, T>({ read, show, rowsMax, budget }: Gathering<R, T>): Promise<Fitting<T>> => {
  const list = byteList<T>();
  let leave: (() => void) | undefined;
  try {
    for (let after: R | undefined; list.items.length < rowsMax; ) {
      const limit = Math.min(portionRowsMax, rowsMax - list.items.length);
      const rows = await read(after, limit);
      if (rows.bytes !== undefined && leave === undefined) {
        // Large, so only a few at once; these rows are let go and read again, or all who wait would hold theirs.
        leave = await budget.room();
        continue;
      }
      if (rows.some((row) => !list.add(show(row)))) return { items: list.items, isWhole: false };
      if (rows.length < limit && rows.isCut !== true) break;
      after = rows.at(-1);
    }
    return { items: list.items, isWhole: true };
  } finally {
    leave?.();
  }
};

/** Says in the head of an answer that one of its lists is not whole. For shapes that have no place for it. */
export const tellTruncated = (reply: FastifyReply, name: string, { isWhole }: { readonly isWhole: boolean }): void => {
  if (!isWhole) reply.header('plenum-truncated', name);
};

/** What these answers leave behind is some ten times as much. */
const answersBetweenBytes = pageBytesMax;

/** Large answers count until they have left: what slow clients have not taken yet is held here for them. */
export const countLargeAnswers = (app: FastifyInstance, budget: PageBudget): void => {
  const noteMade = garbageCollector(answersBetweenBytes);
  app.addHook('onSend', (_, reply, payload, done) => {
    if (typeof payload === 'string' && payload.length > smallBytes) {
      const bytes = Buffer.byteLength(payload);
      reply.raw.once('close', budget.sending(bytes));
      noteMade(bytes);
    }
    done(null, payload);
  });
};
