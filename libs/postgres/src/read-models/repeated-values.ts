/**
 * The numbers of values that are kept once, as the connections of a pool know them. What a transaction has learned is known to others
 * only when it has been committed, and only on connections that were there before it began: a server that dies may take the latest
 * commits with it, and takes all connections, so a connection that is older than a transaction and still there has its commit.
 */
import { type RepeatedGroup, type Row, repeatedGroups, type Table, type Value } from '@plenum/read-model';
import type pg from 'pg';
import { arrayParameter } from '../statements/array-parameter.ts';
import { prepared, type Statement } from '../statements/prepared.ts';
import { columnOf, columnType, listed, qualified, storedType } from './names.ts';
import { fingerprint } from './repeated-ddl.ts';
import type { Numbers } from './statements.ts';

export type RepeatedValues = {
  /** The numbers of these rows, or `undefined` where one is not known. */
  known(table: Table, rows: readonly Row[]): Numbers | undefined;
  /** Asks for those that are not known, and has values kept that are new: in one round trip. @throws as `run`. */
  learn(run: Run, table: Table, rows: readonly Row[]): Promise<Numbers>;
  /** The transaction has gone back to before some of what it learned. */
  forget(): void;
  /** It has been committed. */
  keep(): void;
};

type Run = (statement: Statement) => Promise<readonly unknown[][]>;

const none: Numbers = new Map();

/** Of one group in one build; more are forgotten, all at once, and asked for again. */
const knownMax = 8_192;

/** `at`: when the transaction began that learned it; connections are made and transactions begin one after another. */
type Learned = { readonly number: number; readonly at: number };

/** Of one group: what is known by the text of all values, and what came last with each first one, which is found without making a text. */
type Known = {
  readonly byText: Map<string, Learned>;
  readonly last: Map<Value, { readonly values: readonly Value[]; readonly learned: Learned }>;
};

/** For the transactions on a pool's connections. */
export const repeatedValuesOf = (pool: pg.Pool): ((client: pg.ClientBase, schema: string) => RepeatedValues) => {
  const kept = new Map<string, Known>();
  const madeAt = new WeakMap<pg.ClientBase, number>();
  let moment = 0;
  pool.on('connect', (client) => void madeAt.set(client, moment));
  return (client, schema) => {
    const since = madeAt.get(client) ?? moment;
    madeAt.set(client, since);
    moment += 1;
    return repeatedValuesIn({ kept, schema, since, at: moment });
  };
};

type Transaction = {
  /** By table. Added to. */
  readonly kept: Map<string, Known>;
  readonly schema: string;
  /** When its connection was made, and when it began. */
  readonly since: number;
  readonly at: number;
};

const repeatedValuesIn = ({ kept, schema, since, at }: Transaction): RepeatedValues => {
  const learned = new Map<string, Map<string, number>>();
  const nameOf = ({ table }: RepeatedGroup): string => `${schema}.${table}`;
  /** Asked for every row. */
  const knownIn = (group: RepeatedGroup): ((row: Row) => number | undefined) => {
    const { columns } = group;
    const first = columns[0] as string; // A group has one at least.
    const [before, now] = [kept.get(nameOf(group)), learned.get(nameOf(group))];
    return (row) => {
      const last = before?.last.get(row[first]);
      if (last !== undefined && since < last.learned.at && isSame(columns, last.values, row))
        return last.learned.number;
      const text = valuesText(columns, row);
      const found = before?.byText.get(text);
      if (found === undefined || since >= found.at) return now?.get(text);
      before?.last.set(row[first], { values: columns.map((column) => row[column]), learned: found });
      return found.number;
    };
  };

  const known = (table: Table, rows: readonly Row[]): Numbers | undefined => {
    if (table.repeated === undefined) return none;
    const numbers = new Map<string, readonly number[]>();
    for (const group of repeatedGroups(table)) {
      const numberOf = knownIn(group);
      const ofRows: number[] = [];
      for (const row of rows) {
        const number = numberOf(row);
        if (number === undefined) return undefined;
        ofRows.push(number);
      }
      numbers.set(group.number, ofRows);
    }
    return numbers;
  };

  const learnGroup = async (run: Run, table: Table, group: RepeatedGroup, rows: readonly Row[]): Promise<void> => {
    const now = learned.getOrInsertComputed(nameOf(group), () => new Map());
    const numberOf = knownIn(group);
    const wanted = new Map<string, Row>();
    for (const row of rows) {
      if (numberOf(row) === undefined) wanted.set(valuesText(group.columns, row), row);
    }
    if (wanted.size === 0) return;
    // In one order for all transactions, or two that add the same values could wait for each other.
    const texts = [...wanted.keys()].sort();
    const unknown = texts.map((text) => wanted.get(text) as Row);
    const values = group.columns.map((column) => arrayParameter(columnType(table, column), columnOf(unknown, column)));
    // The second statement sees what others had committed when the first one had waited for them.
    const [, found] = await Promise.all([
      run(prepared(addSql(schema, table, group), values)),
      run(prepared(findSql(schema, table, group), values)),
    ]);
    for (const [position, number] of found) now.set(texts[Number(position) - 1] as string, Number(number));
  };

  return {
    known,
    learn: async (run, table, rows) => {
      await Promise.all(repeatedGroups(table).map((group) => learnGroup(run, table, group, rows)));
      const numbers = known(table, rows);
      if (numbers === undefined) throw new Error(`values of ${table.name} were kept and are not found`);
      return numbers;
    },
    forget: () => learned.clear(),
    keep: () => {
      for (const [name, values] of learned) {
        const { byText, last } = kept.getOrInsertComputed(name, () => ({ byText: new Map(), last: new Map() }));
        if (byText.size + values.size > knownMax) for (const all of [byText, last]) all.clear();
        for (const [text, number] of values) byText.set(text, { number, at });
      }
      learned.clear();
    },
  };
};

const isSame = (columns: readonly string[], values: readonly Value[], row: Row): boolean => {
  for (let index = 0; index < columns.length; index += 1) {
    if (values[index] !== row[columns[index] as string]) return false; // Both lists are of one length.
  }
  return true;
};

/** One text for the values, equal exactly when they are. */
const valuesText = (columns: readonly string[], row: Row): string => {
  if (columns.length === 1) {
    const value = row[columns[0] as string];
    return value === undefined ? '' : `=${value}`;
  }
  let text = '';
  for (const column of columns) {
    const value = row[column];
    const part = String(value);
    text += value === undefined ? '-' : `${part.length}:${part}`;
  }
  return text;
};

const incoming = (table: Table, { columns }: RepeatedGroup): string => {
  const arrays = columns.map((column, index) => `$${index + 1}::${storedType(columnType(table, column))}[]`);
  return `unnest(${arrays.join(', ')}) with ordinality as wanted (${listed(columns)}, position)`;
};

/** Only what is missing: what is there would cost a number each time. */
const addSql = (schema: string, table: Table, group: RepeatedGroup): string => {
  const name = qualified(schema, group.table);
  return `insert into ${name} (${listed(group.columns)})
select ${listed(group.columns, 'wanted.')} from ${incoming(table, group)}
 where not exists (select from ${name} there where there.fingerprint = ${fingerprint(table, group, 'wanted.')})
 order by wanted.position on conflict (fingerprint) do nothing`;
};

const findSql = (schema: string, table: Table, group: RepeatedGroup): string =>
  `select wanted.position, there.number from ${incoming(table, group)}
 cross join lateral (select number from ${qualified(schema, group.table)} kept
  where kept.fingerprint = ${fingerprint(table, group, 'wanted.')} limit 1) there`;
