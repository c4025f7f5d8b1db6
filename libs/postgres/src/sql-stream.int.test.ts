import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Poison, type Snapshot, type SnapshotStore } from '@plenum/runtime';
import type pg from 'pg';
import { portionBytes, portionRowsMax } from './snapshot/cursor.ts';
import { postgresSnapshotStore } from './snapshot/postgres-snapshot-store.ts';
import { testDatabase } from './testing/index.ts';

/** Each row that the server computes is noted in a setting of the session, which says how many it was asked for. */
const numbers = (count: number, bytes = 1): string =>
  `select n, set_config('test.computed', n::text, false) is not null as noted, repeat('x', ${bytes}) as text
     from (select generate_series(1, ${count}) as n) as numbers`;

const computed = async ({ sql }: Snapshot): Promise<number> => {
  const [row] = await sql<{ computed: string }>(`select current_setting('test.computed') as computed`);
  return Number(row?.computed);
};

describe('a stream of rows', () => {
  it('has all of them, in order', async (t) => {
    const { inSnapshot } = await opened(t);
    await inSnapshot(async ({ stream }) => {
      let expected = 0;
      for await (const rows of stream<{ n: number }>(numbers(5_000))) {
        for (const { n } of rows) assert.equal(n, (expected += 1));
      }
      assert.equal(expected, 5_000);
      for await (const rows of stream(numbers(0))) assert.fail(`${rows.length} rows of none`);
    });
  });

  it('computes and fetches no more than is asked for, and little of it at a time', async (t) => {
    const { inSnapshot } = await opened(t);
    await inSnapshot(async (snapshot) => {
      let taken = 0;
      for await (const rows of snapshot.stream(numbers(10_000_000))) {
        taken += rows.length;
        assert.ok(rows.length <= portionRowsMax);
        assert.equal(await computed(snapshot), taken);
        if (taken > 10_000) break;
      }
      assert.ok(taken < 12_000);
    });
  });

  it('has few rows in a portion where they are large', async (t) => {
    const { inSnapshot } = await opened(t);
    await inSnapshot(async (snapshot) => {
      let taken = 0;
      for await (const rows of snapshot.stream(numbers(100, 200_000))) {
        // Of the first portion nobody knows how large its rows are.
        if (taken > 0) assert.ok(rows.length * 200_000 <= portionBytes);
        taken += rows.length;
        assert.equal(await computed(snapshot), taken);
      }
      assert.equal(taken, 100);
      assert.deepEqual(await firstPortions(snapshot, numbers(20, 1_000_000), 3), [16, 1, 1], 'one row, if none fits');
    });
  });

  it('goes on beside others and other statements', async (t) => {
    const { inSnapshot } = await opened(t);
    await inSnapshot(async ({ stream, sql }) => {
      const other = stream<{ n: number }>(numbers(3_000))[Symbol.asyncIterator]();
      for await (const rows of stream<{ n: number }>(numbers(3_000))) {
        const beside = await other.next();
        assert.deepEqual(beside.value, rows);
        assert.equal((await sql('select 1')).length, 1);
      }
      assert.equal((await other.next()).done, true);
    });
  });

  it('says what the server refuses, at once or in the middle', async (t) => {
    const { inSnapshot } = await opened(t);
    const read = async (snapshot: Snapshot, text: string): Promise<void> => {
      for await (const rows of snapshot.stream(text)) assert.ok(rows.length > 0);
    };
    await assert.rejects(
      inSnapshot((snapshot) => read(snapshot, 'select nothing')),
      /column "nothing" does not exist/,
    );
    const middle = 'select 1 / (900 - n) from generate_series(1, 1000) as n';
    await assert.rejects(
      inSnapshot((snapshot) => read(snapshot, middle)),
      Poison,
    );
  });
});

describe('the connection of a stream', () => {
  it('is free for the next statement when reading ends early', async (t) => {
    const { inSnapshot, pool } = await opened(t);
    await inSnapshot(async ({ stream, sql }) => {
      for await (const _ of stream(numbers(10_000))) break;
      assert.deepEqual([...(await sql('select name from pg_cursors'))], []);
    });
    await isFree(pool);
  });

  it('is given back when the reader throws', async (t) => {
    const { inSnapshot, pool } = await opened(t);
    const read = inSnapshot(async ({ stream }) => {
      for await (const _ of stream(numbers(10_000))) throw new Error('the client has gone');
    });
    await assert.rejects(read, /the client has gone/);
    await isFree(pool);
  });

  it('is given back when a signal aborts, though the reader is slow', async (t) => {
    const { inSnapshot, pool } = await opened(t);
    const stop = new AbortController();
    const read = inSnapshot(async ({ stream }) => {
      for await (const _ of stream(numbers(10_000))) {
        stop.abort(new Error('enough'));
        await isFree(pool); // Before the reader has come to its end.
      }
    }, stop.signal);
    await assert.rejects(read, /enough/);
    await assert.rejects(
      inSnapshot(() => assert.fail('it was begun'), stop.signal),
      /enough/,
    );
  });

  it('is given back when a signal aborts, though a statement takes for ever; the server gives it up', async (t) => {
    const { inSnapshot, pool } = await opened(t);
    const stop = new AbortController();
    let pid: number | undefined;
    const read = inSnapshot(async ({ sql }) => {
      const [session] = await sql<{ pid: number }>('select pg_backend_pid() as pid');
      pid = session?.pid;
      const endless = assert.rejects(sql('select pg_sleep(3600)'));
      stop.abort(new Error('enough'));
      await isFree(pool);
      await endless;
    }, stop.signal);
    await assert.rejects(read, /enough/);
    for (;;) {
      t.signal.throwIfAborted();
      const { rowCount } = await pool.query('select from pg_stat_activity where pid = $1', [pid]);
      if (rowCount === 0) break;
    }
  });
});

const firstPortions = async ({ stream }: Snapshot, text: string, count: number): Promise<readonly number[]> => {
  const lengths: number[] = [];
  for await (const rows of stream(text)) {
    lengths.push(rows.length);
    if (lengths.length === count) break;
  }
  return lengths;
};

type Opened = {
  readonly pool: pg.Pool;
  inSnapshot<T>(
    work: (snapshot: Snapshot) => Promise<T>,
    stop?: AbortSignal,
  ): ReturnType<SnapshotStore['readSnapshot']>;
};

/** A pool of one connection, so that one that is not given back is noticed. */
const opened = async (t: TestContext): Promise<Opened> => {
  const { pool } = await testDatabase(t, { connectionsMax: 1 });
  const store = postgresSnapshotStore({ pool });
  return { pool, inSnapshot: (work, stop) => store.readSnapshot([], work, stop) };
};

const isFree = async (pool: pg.Pool): Promise<void> => {
  const { rowCount } = await pool.query('select 1');
  assert.equal(rowCount, 1);
};
