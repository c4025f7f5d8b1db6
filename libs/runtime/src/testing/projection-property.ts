/** The property every projection stands on: however a log is cut, redelivered and interrupted, its fold comes out. */
import assert from 'node:assert/strict';
import { type Build, type FoldedTables, folding, keysOf, keyText, type Recorded, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import type { Counters } from '../consumer/checkpoint-store.ts';
import type { Poison } from '../errors.ts';
import type { LogRecord } from '../log.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { deliver, someDeliveries } from './deliveries.ts';
import { refusalOf } from './postgres-refusals.ts';
import { somethingElse, thingRecords, thingSaid, thingsCodec } from './sample-things.ts';

export type ProjectionUnderTest = {
  /** Prepared for partition 0, and empty. */
  readonly store: ReadModelStore;
  /** `thingsProjection` or `ledgerlessProjection`, in any version. */
  readonly projection: Build;
  /** What is committed in the end. `parked` as `offset key code`, in log order. */
  readonly outcome: (expected: FoldedTables) => Promise<Outcome>;
};

type Outcome = { readonly rows: FoldedTables; readonly parked: readonly string[]; readonly counters: Counters };

/** Holds for so many logs and deliveries, each over a fresh place. */
export const projectionProperty = (numRuns: number, fresh: () => Promise<ProjectionUnderTest>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(anItem, { maxLength: 60 }), someDeliveries, async (items, deliveries) => {
      const records = thingRecords(items);
      const { store, projection, outcome } = await fresh();
      const at = { topic: 'things', partition: 0 };
      await deliver({ store, codec: thingsCodec, projection, at, records }, deliveries);
      const expected = expectedOf(projection, records);
      const { rows, parked, counters } = await outcome(expected.rows);
      assert.deepEqual(rows, expected.rows);
      assert.deepEqual(parked, expected.parked);
      assert.equal(counters.read, records.length);
      assert.equal(counters.read, counters.applied + counters.duplicates + counters.notForIt + counters.parked);
      assert.equal(counters.applied, expected.applied);
      assert.equal(counters.parked, expected.parked.length);
    }),
    { numRuns },
  );

/** What must come out, said without batches, bisecting or a store. */
export const expectedOf = (projection: Build, records: readonly LogRecord[]) => {
  const keys = new Set<string>();
  const parked: string[] = [];
  const { tables, add } = folding(projection);
  let applied = 0;
  for (const record of records) {
    const decoded = thingsCodec.decode(record);
    const recorded =
      decoded.outcome === 'event' ? { event: decoded.event, partition: 0, offset: record.offset } : undefined;
    const code = recorded === undefined ? 'undecodable' : refusalIn(projection, tables(), recorded)?.code;
    if (keys.has(record.key)) {
      parked.push(`${record.offset} ${record.key} behind`);
    } else if (recorded === undefined || code !== undefined) {
      keys.add(record.key);
      parked.push(`${record.offset} ${record.key} ${code}`);
    } else if (add(recorded) === 'applied') {
      applied += 1;
    }
  }
  return { parked, rows: tables(), applied };
};

/** Whether a row that this event alone makes would be refused. */
const refusalIn = (projection: Build, tables: FoldedTables, recorded: Recorded): Poison | undefined => {
  const entry = projection.entry(recorded);
  if (entry === undefined) return undefined;
  const { ledger } = projection;
  if (ledger !== undefined) {
    const row = entry as Row; // With a ledger, an entry is a ledger row.
    const isThere = tables.get(ledger.name)?.has(keyText(ledger, row)) === true;
    const refusal = refusalOf(ledger, row);
    if (refusal !== undefined || isThere) return refusal;
  }
  for (const one of projection.folds) {
    for (const key of keysOf(one, entry)) {
      const before = tables.get(one.table.name)?.get(keyText(one.table, key));
      const after = one.fold(before, entry, key);
      const refusal = after === before || after === undefined ? undefined : refusalOf(one.table, after);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

const anItem = fc
  .record({
    id: fc.nat(40),
    thing: fc.nat(3),
    value: fc.double({ noNaN: true, min: -9, max: 9 }),
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constant('plain') },
      { weight: 1, arbitrary: fc.constant('poison') },
      { weight: 1, arbitrary: fc.constant('undecodable') },
      { weight: 2, arbitrary: fc.constant('for others') },
    ),
  })
  .map(({ id, thing, value, kind }) => {
    const name = `t${thing}`;
    if (kind === 'undecodable') return name;
    if (kind === 'for others') return somethingElse(id, name);
    const note = kind === 'poison' ? '{"x": ' : '{"x": 1}';
    // An id always has the same time, so that one met again is a copy; and times go back and forth.
    return thingSaid(id * 4 + thing, { thing: name, value, timeUs: ((id * 37) % 100) * 1_000_000, note });
  });
