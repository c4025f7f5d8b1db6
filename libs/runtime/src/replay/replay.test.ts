import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineFold, defineProjection, foldProjection, type Recorded, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import type { EventCodec } from '../event-codec.ts';
import { memoryLog } from '../testing/memory-log.ts';
import { expectFolded } from './expected-rows.ts';
import { endsOf, foldTo } from './fold-to.ts';
import { projectionBatches, type Replay } from './projection-events.ts';
import type { Verification } from './verification-store.ts';

type Counted = { readonly name: string; readonly count: number };

const projection = defineProjection<Recorded>({
  name: 'names',
  version: 1,
  about: 'How often each name came.',
  topics: ['said'],
  entry: (recorded) => (recorded.event.data === 'not for it' ? undefined : recorded),
  folds: [
    defineFold<Recorded, Counted>({
      table: {
        name: 'name',
        about: 'Counts.',
        columns: { name: { type: 'text', about: 'Which.' }, count: { type: 'integer', about: 'How often.' } },
        key: ['name'],
      },
      keyOf: ({ event }) => ({ name: String(event.data) }),
      fold: (row, { event }) => ({ name: String(event.data), count: (row?.count ?? 0) + 1 }),
    }),
  ],
});

const codec: EventCodec = {
  encode: () => assert.fail('nothing is encoded here'),
  learn: async () => false,
  decode: ({ value }) => {
    const data = Buffer.from(value).toString();
    if (data === 'noise') return { outcome: 'undecodable', reason: 'noise' };
    return {
      outcome: 'event',
      event: { id: data, type: 't', source: 's', effectiveTimeUs: 0, recordedTimeUs: 0, data },
    };
  },
};

const logOf = async (names: readonly string[]): Promise<Replay> => {
  const log = memoryLog([{ name: 'said', partitions: 3 }]);
  await log.append(
    names.map((name) => ({ topic: 'said', key: name, value: Buffer.from(name), headers: {}, timestampMs: 0 })),
  );
  return { log, codec, projection };
};

describe('foldTo', () => {
  it('is the fold of the events before the positions', async () => {
    const replay = await logOf(['a', 'b', 'a', 'c', 'not for it', 'a']);
    const ends = await endsOf(replay);
    const tables = await foldTo(replay, ends);
    assert.deepEqual(Object.fromEntries(tables.get('name') ?? []), {
      a: { name: 'a', count: 3 },
      b: { name: 'b', count: 1 },
      c: { name: 'c', count: 1 },
    });
    const home = ends.find(({ next }) => next >= 3n);
    const before = await foldTo(replay, home === undefined ? [] : [{ ...home, next: 0n }]);
    assert.equal(before.get('name')?.size, 0);
  });

  it('leaves out what is parked, and what is behind something unreadable', async () => {
    const replay = await logOf(['a', 'noise', 'noise', 'a', 'b']);
    const ends = await endsOf(replay);
    const parked = ends.map(({ topic, partition }) => ({ topic, partition, key: 'b', from: 0n }));
    assert.deepEqual([...((await foldTo(replay, ends, parked)).get('name')?.keys() ?? [])], ['a']);
    const outcomes: string[] = [];
    for await (const batch of projectionBatches(replay, ends, parked))
      outcomes.push(...batch.map(({ outcome }) => outcome));
    assert.deepEqual(outcomes.sort(), ['event', 'event', 'parked', 'parked', 'unreadable']);
  });
});

it('folds a projection without a ledger in as many passes as memory asks for, each row once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 60 }).map(String)),
      fc.integer({ min: 1, max: 70 }),
      async (names, rowsMax) => {
        const replay = await logOf(names);
        const rows: Row[] = [];
        const [fold] = projection.folds;
        assert.ok(fold);
        await expectFolded(replay, await takingRows(replay, rows), { fold, rowsMax });
        const events = names.map((data, index) => ({
          event: { id: data, type: 't', source: 's', effectiveTimeUs: 0, recordedTimeUs: 0, data },
          partition: 0,
          offset: BigInt(index),
        }));
        const byName = (a: Row, b: Row): number => String(a.name).localeCompare(String(b.name));
        assert.deepEqual(
          rows.sort(byName),
          [...(foldProjection(projection, events).get('name')?.values() ?? [])].sort(byName),
        );
      },
    ),
    { numRuns: 100 },
  );
});

const takingRows = async (replay: Replay, rows: Row[]): Promise<Verification> => {
  const counters = { read: 0, applied: 0, duplicates: 0, notForIt: 0, parked: 0 };
  const unused = (): never => assert.fail('only rows are handed over here');
  return {
    checkpoints: (await endsOf(replay)).map((end) => ({ ...end, counters })),
    parkedKeys: [],
    expect: async (_, more) => {
      rows.push(...more);
    },
    stage: unused,
    settleLedger: unused,
    ledgerBy: unused,
    differences: unused,
  };
};
