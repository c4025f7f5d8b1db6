/** Bounds on what one answer holds: so much of a list as fits, and what is on its way to clients. */
import type { Fitting, FittingInto, Gathering, Lists } from '@plenum/http';
import type { Rows } from '@plenum/read-model';
import type { FastifyInstance } from 'fastify';
import { garbageCollector } from '../database/collect-garbage.ts';
import { keptJson, writeJson } from '../database/kept-json.ts';
import { type PageBudget, pageBytesMax, smallBytes } from '../database/page-budget.ts';

/** What stands around the items of a page: its cursor and link, and single things beside the list. */
const aroundBytes = 65_536;
export const itemsBytesMax = pageBytesMax - aroundBytes;

/** As many of the first `limit` rows as fit into a page, shown; the first one in any case. */
export const fitting = <R, T>(rows: Rows<R>, { limit, show, beside }: FittingInto<R, T>): Fitting<T> => {
  const wanted = Iterator.from(rows).take(limit);
  // What is small needs no measuring: whatever the rows hold, as JSON it is smaller than a page may be.
  if (rows.bytes === undefined) return { items: [...wanted.map(show)], isWhole: rows.length <= limit };
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

const portionRowsMax = 1_000;

/** For answers that have no next page: reads on until everything is there, or as much as fits. @throws TransientFailure */
const gatheredWithin = async <R, T>(
  budget: PageBudget,
  { read, show, rowsMax }: Gathering<R, T>,
): Promise<Fitting<T>> => {
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
      if (Iterator.from(rows).some((row) => !list.add(show(row)))) return { items: list.items, isWhole: false };
      if (rows.length < limit && rows.isCut !== true) break;
      after = rows.at(-1);
    }
    return { items: list.items, isWhole: true };
  } finally {
    leave?.();
  }
};

/** What routes measure their lists with. */
export const listsWithin = (budget: PageBudget): Lists => ({
  fitting,
  gathered: (gathering) => gatheredWithin(budget, gathering),
});

/** What these answers leave behind is some ten times as much. */
const answersBetweenBytes = pageBytesMax;

/** Large answers count until they have left: what slow clients have not taken yet is held here for them. */
export const countLargeAnswers = (app: FastifyInstance, budget: PageBudget): void => {
  const noteMade = garbageCollector(answersBetweenBytes);
  app.addHook('onSend', (_, reply, payload, done) => {
    const length = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0;
    if (length > smallBytes) {
      const bytes = Buffer.isBuffer(payload) ? length : Buffer.byteLength(String(payload));
      reply.raw.once('close', budget.sending(bytes));
      noteMade(bytes);
    }
    done(null, payload);
  });
};
