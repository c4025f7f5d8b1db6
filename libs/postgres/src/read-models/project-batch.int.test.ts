/** The projection policy over PostgreSQL: what only two connections, a real refusal and a lost session can show. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { type Build, type FoldedTables, type Row, tablesOf } from '@plenum/read-model';
import { projectBatch, type ReadModelStore, TransientFailure } from '@plenum/runtime';
import {
  batchOf,
  expectedOf,
  ledgerlessProjection,
  projectionProperty,
  thingRecords,
  thingSaid,
  thingsCodec,
  thingsProjection,
} from '@plenum/runtime/testing';
import type pg from 'pg';
import { openPool } from '../pool.ts';
import { schemaOf } from './names.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const projection = thingsProjection;
const at = { topic: 'things', partition: 0 };

/** Ends what waits for ever for the database's word. */
const timeout = 120_000;

describe('two first consumers of one partition', { timeout }, () => {
  it('apply every record once', async (t) => {
    const { pool, stores } = await twoProcesses(t);
    await Promise.all(stores.map((store) => store.prepare(projection, [at])));
    const records = thingRecords(said(0, 500));
    const [one] = stores;
    // The one that is in goes on only when the other is in too, or waits for it.
    let inside = 0;
    const bothIn = Promise.withResolvers<void>();
    const meet = async (): Promise<void> => {
      inside += 1;
      if (inside === 2) bothIn.resolve();
      await (inside === 1 ? Promise.race([bothIn.promise, waiting(pool, 1)]) : undefined);
    };
    const projected = await Promise.all(stores.map((store) => project(held(store, 'insertNew', meet), records)));
    assert.deepEqual(
      projected.map(({ counters }) => counters.read).sort((a, b) => a - b),
      [0, 500],
    );
    await assertOutcome(pool, one, records);
  });
});

describe('a poison event among 1,000 followers on three keys', { timeout }, () => {
  const poison = thingSaid(40, { thing: 't1', value: 1, timeUs: 40_000_000, note: '{"x": ' });

  for (const length of [1_001, 64]) {
    it(`parks its key and nothing else, in batches of ${length}`, async (t) => {
      const { pool, stores } = await twoProcesses(t);
      const [store] = stores;
      await store.prepare(projection, [at]);
      const records = thingRecords(said(0, 1_001).map((event, index) => (index === 40 ? poison : event)));
      for (let from = 0; from < records.length; from += length) {
        await project(store, records, from, Math.min(from + length, records.length));
      }
      await assertOutcome(pool, store, records);
      const parked = await parkedIn(pool);
      assert.deepEqual(parked.slice(0, 2), ['40 t1 22P02', '43 t1 behind']);
      assert.equal(parked.length, 321);
      const { rows } = await pool.query('select event_id, value, reason from plenum.parked where log_offset = 40');
      assert.equal(rows[0].event_id, poison.id);
      assert.deepEqual(new Uint8Array(rows[0].value), new Uint8Array(records[40]?.value ?? []));
      assert.match(rows[0].reason, /invalid input syntax for type json/);
    });
  }
});

describe('a row beyond a limit of PostgreSQL', { timeout }, () => {
  it('parks its key and nothing else', async (t) => {
    const { pool, stores } = await twoProcesses(t);
    const [store] = stores;
    await store.prepare(projection, [at]);
    const note = `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
    const deep = thingSaid(2, { thing: 't1', value: 1, timeUs: 2_000_000, note });
    const { counters } = await project(store, thingRecords([...said(0, 2), deep, ...said(3, 4)]));
    assert.deepEqual(counters, { read: 4, applied: 3, duplicates: 0, notForIt: 0, parked: 1 });
    assert.deepEqual(await parkedIn(pool), ['2 t1 54001']);
  });
});

describe('a key longer than any index takes', { timeout }, () => {
  it('is parked like any other, and known again', async (t) => {
    const { pool, stores } = await twoProcesses(t);
    const [store] = stores;
    await store.prepare(projection, [at]);
    // Of random letters, which do not compress.
    const key = randomBytes(32_000).toString('hex');
    const foreign = thingRecords(said(0, 6)).map((record, index) =>
      index % 2 === 0 ? record : { ...record, key, value: new Uint8Array(index === 1 ? 3 : record.value.length) },
    );
    await project(store, foreign, 0, 3);
    const { counters } = await project(store, foreign, 3, 6);
    assert.deepEqual(counters, { read: 3, applied: 1, duplicates: 0, notForIt: 0, parked: 2 });
    const parked = await parkedIn(pool);
    assert.equal(parked.length, 3);
    for (const line of parked) assert.ok(line.includes(`${key.slice(0, 200)}… sha256:`), line);
  });
});

describe('a consumer that froze and wakes after its partition has moved', { timeout }, () => {
  it('neither applies twice nor jumps ahead', async (t) => {
    const { pool, stores } = await twoProcesses(t, { frozenMs: 250 });
    const [stale, current] = stores;
    await stale.prepare(projection, [at]);
    const records = thingRecords(said(0, 40));

    const asleep = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<void>();
    const sleep = (): Promise<void> => {
      asleep.resolve();
      return woken.promise;
    };
    const frozenEnd = assert.rejects(project(held(stale, 'advance', sleep), records, 0, 10), TransientFailure);
    await asleep.promise;
    // It sleeps with the checkpoint locked. Only because the server ends its session does this one ever get in.
    const { next } = await project(current, records, 0, 20);
    assert.equal(next, 20n);
    woken.resolve();
    await frozenEnd;

    const again = await project(stale, records, 0, 10);
    assert.deepEqual([again.next, again.counters.read], [20n, 0]);
    const ahead = await project(stale, records, 30, 40);
    assert.deepEqual([ahead.next, ahead.counters.read], [20n, 0]);
    assert.equal((await project(stale, records, 10, 40)).counters.read, 20);
    await assertOutcome(pool, current, records);
  });
});

describe('a transient failure', { timeout }, () => {
  it('parks nothing when the session is lost between work and commit', async (t) => {
    const { pool, stores } = await twoProcesses(t);
    const [store, other] = stores;
    await store.prepare(projection, [at]);
    const records = thingRecords(said(0, 100));
    const killed = held(store, 'advance', () => terminateOthers(pool));
    await assert.rejects(project(killed, records), TransientFailure);
    assert.equal(await other.position(projection, at), 0n);
    assert.equal((await other.transact(projection, at, async (tx) => tx.checkpoint)).counters.read, 0);
    await project(other, records);
    await assertOutcome(pool, other, records);
  });

  it('parks nothing when two batches deadlock', async (t) => {
    const { pool, stores } = await twoProcesses(t);
    const [store] = stores;
    await store.prepare(projection, [at]);
    const records = thingRecords(said(0, 10));
    const rival = await pool.connect();
    try {
      await rival.query(
        "begin; set local deadlock_timeout = '10s'; lock table things_v1_g1.things_latest in share mode",
      );
      const locked = held(store, 'load', async () => {
        // The rival waits for this one's ledger rows, and this one is about to wait for the rival's table.
        void rival.query('lock table things_v1_g1.things in share mode').catch(() => undefined);
        await waiting(pool, 1);
      });
      await assert.rejects(
        project(locked, records),
        (error) => error instanceof TransientFailure && error.code === '40P01',
      );
    } finally {
      await rival.query('rollback');
      rival.release();
    }
    assert.deepEqual(await parkedIn(pool), []);
    await project(store, records);
    await assertOutcome(pool, store, records);
  });
});

for (const each of [projection, ledgerlessProjection]) {
  it(`comes to the fold of the log, however it is cut, redelivered and interrupted: ${each.name}`, async (t) => {
    const { pool, stores } = await twoProcesses(t);
    const [store] = stores;
    let version = 0;
    await projectionProperty(25, async () => {
      version += 1; // A later version is an empty place beside the others, which is cheaper than another database.
      const later = { ...each, version };
      await store.prepare(later, [at]);
      return {
        store,
        projection: later,
        outcome: async (expected) => ({
          rows: await rowsIn(pool, store, { of: later, expected }),
          parked: await parkedIn(pool, version),
          counters: (await store.transact(later, at, async (tx) => tx.checkpoint)).counters,
        }),
      };
    });
  });
}

type Stores = readonly [ReadModelStore, ReadModelStore];

/** Two processes as the database sees them; the pool is a third, for looking. */
const twoProcesses = async (
  t: TestContext,
  settings: { readonly frozenMs?: number } = {},
): Promise<{ readonly pool: pg.Pool; readonly stores: Stores }> => {
  const { pool, url } = await testDatabase(t);
  const open = (): ReadModelStore => {
    const own = openPool({ url, applicationName: 'projector', connectionsMax: 3 });
    t.after(() => own.end());
    return postgresReadModelStore({ pool: own, logger: silentLogger, ...settings });
  };
  return { pool, stores: [open(), open()] };
};

const project = (
  store: ReadModelStore,
  records: Parameters<typeof batchOf>[0],
  from = 0,
  to = records.length,
): ReturnType<typeof projectBatch> =>
  projectBatch({ store, codec: thingsCodec, projection }, batchOf(records, from, to));

const said = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).map((id) =>
    thingSaid(id, { thing: `t${id % 3}`, value: id / 7, timeUs: ((id * 37) % 1_000) * 1_000_000, note: '{"x": 1}' }),
  );

/** A store that does something first whenever it comes to one operation. */
const held = (
  store: ReadModelStore,
  operation: 'insertNew' | 'load' | 'advance',
  first: () => Promise<unknown>,
): ReadModelStore => ({
  ...store,
  transactTogether: (of, places, work) =>
    store.transactTogether(of, places, (tx) => {
      const wrapped = async (...given: never[]): Promise<unknown> => {
        await first();
        const original = tx[operation] as (...given: never[]) => Promise<unknown>; // Passed on untouched.
        return original(...given);
      };
      return work({ ...tx, [operation]: wrapped });
    }),
});

/** Settles when so many sessions wait for a lock. The server is asked again and again; it has no way to notify. */
const waiting = async (pool: pg.Pool, count: number): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query(
      `select pg_sleep(0.005), (select count(*)::int from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as count`,
    );
    if (rows[0].count >= count) return;
  }
};

const terminateOthers = async (pool: pg.Pool): Promise<void> => {
  await pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and application_name = 'projector' and state = 'idle in transaction'`,
  );
};

const assertOutcome = async (
  pool: pg.Pool,
  store: ReadModelStore,
  records: Parameters<typeof expectedOf>[1],
): Promise<void> => {
  const expected = expectedOf(projection, records);
  assert.deepEqual(await rowsIn(pool, store, { of: projection, expected: expected.rows }), expected.rows);
  assert.deepEqual(await parkedIn(pool), expected.parked);
  const { next, counters } = (await store.transact(projection, at, async (tx) => tx.checkpoint)) ?? {};
  const applied = expected.rows.get('things')?.size ?? 0;
  const parked = expected.parked.length;
  assert.equal(next, BigInt(records.length));
  assert.deepEqual(counters, {
    read: records.length,
    applied,
    duplicates: records.length - applied - parked,
    notForIt: 0,
    parked,
  });
};

/** All rows there are, looked up by the keys expected; a row too many shows in the count. */
const rowsIn = async (
  pool: pg.Pool,
  store: ReadModelStore,
  { of, expected }: { readonly of: Build; readonly expected: FoldedTables },
): Promise<FoldedTables> => {
  const tables = new Map<string, ReadonlyMap<string, Row>>();
  for (const table of tablesOf(of)) {
    const wanted = expected.get(table.name) ?? new Map();
    const found = await store.transact(of, at, (tx) => tx.load(table, [...wanted.values()]));
    const { rows } = await pool.query(`select count(*)::int as count from ${schemaOf(of)}.${table.name}`);
    assert.equal(rows[0].count, found.size, `${table.name} holds rows nobody expects`);
    const inOrder = [...wanted.keys()].flatMap((key) => {
      const row = found.get(key);
      return row === undefined ? [] : [[key, row] as const];
    });
    tables.set(table.name, new Map(inOrder));
  }
  return tables;
};

const parkedIn = async (pool: pg.Pool, version = projection.version): Promise<readonly string[]> => {
  const { rows } = await pool.query(
    `select log_offset || ' ' || key || ' ' || code as parked from plenum.parked
      where version = $1 order by log_offset`,
    [version],
  );
  return rows.map(({ parked }) => parked);
};
