import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { openDatabase, UnfitDatabase } from './open-database.ts';
import { openPool } from './pool.ts';
import { silentLogger, testDirectory, testServer } from './testing/index.ts';
import { waitForDatabase } from './wait-for-database.ts';

const common = { applicationName: 'test', logger: silentLogger };

test('a server that may lose commits is refused by name', async (t) => {
  const server = await testServer(t, { flags: ['fsync=off', 'synchronous_commit=off'] });
  await assert.rejects(
    openDatabase({ ...common, url: server.url }),
    (error) =>
      error instanceof UnfitDatabase && /fsync=off/.test(error.message) && /synchronous_commit=off/.test(error.message),
  );
  const database = await openDatabase({ ...common, url: server.url, allowUnsafeForTests: true });
  await database.close();
});

test('a database that turns durability off for itself is refused', async (t) => {
  const server = await testServer(t);
  const pool = openPool({ ...common, url: server.url, connectionsMax: 1 });
  await pool.query('alter database plenum set synchronous_commit = off').finally(() => pool.end());
  await assert.rejects(openDatabase({ ...common, url: server.url }), /synchronous_commit=off/);
});

test('a database that is not UTF-8 is refused', async (t) => {
  const server = await testServer(t);
  const pool = openPool({ ...common, url: server.url, connectionsMax: 1 });
  await pool
    .query(`create database old encoding 'LATIN1' locale_provider libc locale 'C' template template0`)
    .finally(() => pool.end());
  await assert.rejects(
    openDatabase({ ...common, url: server.url.replace(/plenum$/, 'old') }),
    /its encoding is LATIN1/,
  );
});

test('the pool leaves capacity on a small server, and the old form of URL is taken', async (t) => {
  const server = await testServer(t, { flags: ['max_connections=23', 'superuser_reserved_connections=3'] });
  const url = server.url.replace('postgres://', 'postgresql+asyncpg://');
  const database = await openDatabase({ ...common, url, connectionsMax: 20 });
  t.after(() => database.close());
  assert.equal(database.pool.options.max, 5);
  assert.deepEqual([database.beside(20), database.beside(6, 3), database.beside(1)], [2, 3, 1]);
});

test('a server on its way up is waited for', async (t) => {
  const dataDir = testDirectory(t);
  const first = await testServer(t, { dataDir });
  await first.stop();
  const pool = openPool({ ...common, url: first.url, connectionsMax: 1 });
  t.after(() => pool.end());
  const refused = new EventEmitter();
  const waiting = waitForDatabase(pool, { logger: { ...silentLogger, warn: () => refused.emit('refused') } });
  await once(refused, 'refused');
  await testServer(t, { dataDir, port: first.port });
  await waiting;
});

test('a server that never answers is TransientFailure, after the time given', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  silent.close();
  await once(silent, 'close');
  const port = typeof address === 'object' ? address?.port : 0;
  await assert.rejects(
    openDatabase({ ...common, url: `postgres://a:b@127.0.0.1:${port}/c`, waitMs: 200 }),
    (error) => error instanceof TransientFailure && error.code === 'ECONNREFUSED',
  );
});
