import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { buildOf, defineFold, defineProjection, type Projection, provenance, type Recorded } from '@plenum/read-model';
import {
  type EventCodec,
  type Log,
  type LogRecord,
  projectBatch,
  type VerifyProjection,
  type VerifyReport,
  verifyProjection,
} from '@plenum/runtime';
import { memoryLog } from '@plenum/runtime/testing';
import type pg from 'pg';
import { postgresReadModelStore } from '../read-models/postgres-read-model-store.ts';
import { silentLogger } from '../testing/index.ts';
import { testDatabase } from '../testing/test-database.ts';
import { postgresVerificationStore } from './postgres-verification.ts';

describe('verifying a projection against its tables', () => {
  it('finds no difference in what was projected, copies, poison and all', async (t) => {
    const { verify } = await projected(t, [
      ...readings(500),
      ...readings(3),
      reading('x', poison),
      reading('x', 'behind'),
    ]);
    const report = await verify(countsProjection);
    assert.deepEqual(report, {
      ...{ projection: 'counts', equal: true, records: 505, differences: 0, shown: [] },
      parked: { keys: 1, records: 2 },
    });
    assert.equal((await verify(lastProjection)).equal, true);
  });

  it('names a value that was changed', async (t) => {
    const { pool, verify } = await projected(t, readings(20));
    await pool.query(`update counts_v1_g1.reading_rows set note = 'forged' where id = '${idOf(3)}'`);
    const { shown, ...report } = await verify(countsProjection);
    assert.deepEqual(report, {
      ...{ projection: 'counts', equal: false, records: 20, differences: 1 },
      parked: { keys: 0, records: 0 },
    });
    assert.deepEqual(shown, [
      {
        ...{
          projection: 'counts',
          table: 'reading',
          kind: 'changed',
          key: { at: '2026-03-04 09:15:03+00', id: idOf(3) },
        },
        ...{ column: 'note', expected: 'tab\t \\N "quoted" 3\n', found: 'forged' },
      },
    ]);
  });

  it('names a row that is missing and one too many, in the ledger and in what is folded', async (t) => {
    const { pool, verify } = await projected(t, readings(20));
    await pool.query(`delete from counts_v1_g1.reading_rows where id = '${idOf(7)}'`);
    await pool.query(`insert into counts_v1_g1.per_sensor select event_id, log_partition, log_offset, 'ghost', 1, 0.5
      from counts_v1_g1.per_sensor limit 1`);
    await pool.query(`update last_v1_g1.last_note set note = null where sensor = 's1'`);
    assert.deepEqual(
      (await verify(countsProjection)).shown.map(({ table, kind, key }) => [table, kind, Object.values(key).join(' ')]),
      [
        ['reading', 'missing', `2026-03-04 09:15:07+00 ${idOf(7)}`],
        ['per_sensor', 'extra', 'ghost'],
      ],
    );
    assert.deepEqual(
      (await verify(lastProjection)).shown.map(({ table, column, found }) => [table, column, found]),
      [['last_note', 'note', undefined]],
    );
  });

  it('names a sum that does not fit the log', async (t) => {
    const { pool, verify } = await projected(t, [...readings(20), ...readings(1)]);
    await pool.query(`update plenum.checkpoint set applied = applied + 1, duplicates = duplicates - 1
      where consumer = 'counts' and duplicates = 1`);
    const { shown } = await verify(countsProjection);
    assert.deepEqual(
      shown.map(({ table, column, expected, found }) => [table, column, expected, found]),
      [
        ['checkpoint', 'applied', shown[0]?.expected, String(Number(shown[0]?.expected) + 1)],
        ['checkpoint', 'duplicates', '1', '0'],
      ],
    );
  });

  it('counts every difference and shows the first', async (t) => {
    const { pool, verify } = await projected(t, readings(300));
    await pool.query('delete from counts_v1_g1.reading_rows');
    const report = await verify(countsProjection, { shownMax: 5 });
    assert.equal(report.differences, 300);
    assert.equal(report.shown.length, 5);
  });

  it('looks at one moment while the projector goes on', async (t) => {
    const { log, project, verify } = await projected(t, readings(50));
    const report = await verify(countsProjection, {
      onProgress: () => undefined,
      log: {
        positions: log.positions,
        read: async function* (range) {
          // Between the snapshot and the first record of a partition, more is projected.
          await log.append([reading(`more${range.partition}`, 'later')]);
          await project();
          yield* log.read(range);
        },
      },
    });
    assert.deepEqual([report.equal, report.records], [true, 50]);
  });

  it('leaves nothing behind and says when there is nothing to verify', async (t) => {
    const { pool, verify } = await projected(t, readings(5));
    await verify(countsProjection);
    const { rows } = await pool.query(
      "select relname from pg_class where relname like 'expected_%' or relname like '#%'",
    );
    assert.deepEqual(rows, []);
    await assert.rejects(verify({ ...countsProjection, version: 2 }), /counts v2 is not active here: v1 is/);
  });
});

type Row = {
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: bigint;
  readonly at: number;
  readonly id: string;
  readonly sensor: string;
  readonly value: number;
  readonly note: string | undefined;
  readonly body: string;
  readonly key: Uint8Array;
  readonly who: Uint8Array;
};

type Said = {
  readonly id: string;
  readonly atUs: number;
  readonly sensor: string;
  readonly value: number;
  readonly note: string;
};

/** Of this no row can be made that a ledger takes. */
const poison = 'poison';

const rowOf = ({ event, partition, offset }: Recorded): Row => {
  const said = event.data as Said; // The only event of this test.
  return {
    event_id: said.id,
    log_partition: partition,
    log_offset: offset,
    at: said.atUs,
    id: said.id,
    sensor: said.sensor,
    value: said.value,
    note: said.note,
    body: said.note === poison ? 'no JSON' : JSON.stringify({ value: said.value, text: 'a\\b' }),
    key: Uint8Array.from([0, 92, 255]),
    who: Uint8Array.from([1, 92, 255, 0]), // As encrypted as it has to be: nobody asks for a key.
  };
};

const countsProjection = defineProjection<Row>({
  name: 'counts',
  version: 1,
  about: 'A ledger and a sum.',
  topics: ['said'],
  entry: rowOf,
  ledger: {
    name: 'reading',
    about: 'What was said.',
    columns: {
      ...provenance,
      at: { type: 'timestamptz', about: 'When.' },
      id: { type: 'uuid', about: 'Which.' },
      sensor: { type: 'text', about: 'Who.' },
      value: { type: 'double precision', about: 'What.' },
      note: { type: 'text', nullable: true, about: 'Why.' },
      body: { type: 'jsonb', about: 'All of it.' },
      key: { type: 'bytea', about: 'Its bytes, under a name that the verification must not use itself.' },
      who: { type: 'personal', about: 'Who it was.' },
    },
    key: ['at', 'id'],
    partitionedBy: 'at',
    repeated: { sensor: ['sensor'], origin: ['log_partition', 'body'] },
  },
  folds: [
    defineFold<Row, Pick<Row, 'event_id' | 'log_partition' | 'log_offset' | 'sensor'> & { count: number; sum: number }>(
      {
        table: {
          name: 'per_sensor',
          about: 'Counters.',
          columns: {
            ...provenance,
            sensor: { type: 'text', about: 'Who.' },
            count: { type: 'integer', about: 'How many.' },
            sum: { type: 'double precision', about: 'Added in log order.' },
          },
          key: ['sensor'],
        },
        // Two rows of each reading, one of which ends with every seventh.
        keyOf: ({ sensor }) => [{ sensor }, { sensor: `${sensor}/7` }],
        fold: (row, { event_id, log_partition, log_offset, sensor: said, value }, { sensor = said }) => {
          if (sensor !== said && row?.count === 6) return undefined;
          const count = (row?.count ?? 0) + 1;
          return { event_id, log_partition, log_offset, sensor, count, sum: (row?.sum ?? 0) + value };
        },
      },
    ),
  ],
});

const lastProjection = defineProjection<Row>({
  name: 'last',
  version: 1,
  about: 'No ledger.',
  topics: ['said'],
  entry: rowOf,
  folds: [
    defineFold<Row, Pick<Row, 'event_id' | 'log_partition' | 'log_offset' | 'sensor' | 'note'>>({
      table: {
        name: 'last_note',
        about: 'The last note.',
        columns: {
          ...provenance,
          sensor: { type: 'text', about: 'Who.' },
          note: { type: 'text', nullable: true, about: 'Why.' },
        },
        key: ['sensor'],
      },
      keyOf: ({ sensor }) => ({ sensor }),
      fold: (row, { event_id, log_partition, log_offset, sensor, note }) =>
        (row?.event_id ?? '') > event_id && row !== undefined
          ? row
          : { event_id, log_partition, log_offset, sensor, note },
    }),
  ],
});

const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const startUs = Date.UTC(2026, 2, 4, 9, 15) * 1000;

const written = (said: Said) => ({
  topic: 'said',
  key: said.sensor,
  value: Buffer.from(JSON.stringify(said)),
  headers: {},
  timestampMs: startUs / 1000,
});

/** Values whose sum depends on the order they are added in. */
const readings = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    written({
      id: idOf(n),
      atUs: startUs + n * 1_000_000,
      sensor: `s${n % 7}`,
      value: n % 2 === 0 ? 0.1 * n : 1e15,
      note: `tab\t \\N "quoted" ${n}\n`,
    }),
  );

let others = 1_000_000;
const reading = (sensor: string, note: string) => {
  others += 1;
  return written({ id: idOf(others), atUs: startUs, sensor, value: 1, note });
};

const codec: EventCodec = {
  encode: () => assert.fail('nothing is encoded here'),
  learn: async () => false,
  decode: ({ value }: LogRecord) => {
    const data = JSON.parse(Buffer.from(value).toString()) as Said; // As `written` wrote it.
    const event = {
      id: data.id,
      type: 'Said',
      source: 'test',
      effectiveTimeUs: data.atUs,
      recordedTimeUs: data.atUs,
      data,
    };
    return { outcome: 'event', event };
  },
};

type Projected = {
  readonly pool: pg.Pool;
  readonly log: Log;
  readonly project: () => Promise<void>;
  readonly verify: (projection: Projection, more?: Partial<VerifyProjection>) => Promise<VerifyReport>;
};

/** A database into which both projections have been projected from a log with these records. */
const projected = async (t: TestContext, records: Parameters<Log['append']>[0]): Promise<Projected> => {
  const { pool } = await testDatabase(t);
  const log = memoryLog([{ name: 'said', partitions: 3 }]);
  await log.append(records);
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  const partitions = [0, 1, 2].map((partition) => ({ topic: 'said', partition }));
  const project = async (): Promise<void> => {
    for (const projection of [countsProjection, lastProjection].map((one) => buildOf(one))) {
      await store.prepare(projection, partitions);
      for (const at of partitions) {
        const from = await store.position(projection, at);
        for await (const batch of log.read({ ...at, from, to: 1_000_000n }))
          await projectBatch({ store, codec, projection }, batch);
      }
    }
  };
  await project();
  const verification = postgresVerificationStore({ pool });
  const verify: Projected['verify'] = (projection, more = {}) =>
    verifyProjection({ log, codec, projection, store: verification, ...more });
  return { pool, log, project, verify };
};
