/** Commits here do not wait for the disk: what a server that dies at once may take with it, and what it may not. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EmbeddedServer } from '@plenum/embedded-postgres/testing';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { projectBatch, rowCache, TransientFailure } from '@plenum/runtime';
import { batchOf, thingRecords, thingSaid, thingsCodec, thingsProjection } from '@plenum/runtime/testing';
import { openPool, query } from '../pool.ts';
import { schemaOf } from './names.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const at = { topic: 'things', partition: 0 };
const things = 30;
const readings = 600;

it('loses rows and checkpoint together, and what is lost is projected again', { timeout: 120_000 }, async (t) => {
  const server = await testServer(t, { flags: ['wal_writer_delay=10s'] });
  const pool = openPool({ url: server.url, applicationName: 'projector', connectionsMax: 4 });
  t.after(() => pool.end());
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  await store.prepare(thingsProjection, [at]);
  const records = thingRecords(
    Array.from({ length: readings }, (_, n) =>
      thingSaid(n, { thing: `t${n % things}`, value: n, timeUs: n * 1_000_000 }),
    ),
  );
  const projector = { store, codec: thingsCodec, projection: thingsProjection, cache: rowCache() };
  const project = async (from: bigint): Promise<bigint> =>
    (await projectBatch(projector, batchOf(records, Number(from), Number(from) + 20))).next;

  let next = 0n;
  while (next < readings / 2) next = await project(next);
  const { rows: before } = await pool.query('select pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn() as waits');
  assert.equal(before[0].waits, true, 'the last commit has waited for the disk');
  await crash(server);

  const kept = await afterwards(() => store.position(thingsProjection, at));
  const count = () => query<{ count: string }>(pool, `select count(*) from ${schemaOf(thingsProjection)}.things`);
  const [counted] = await afterwards(count);
  assert.ok(kept < next, 'nothing was lost, so nothing was shown');
  assert.equal(BigInt(counted?.count ?? -1), kept, 'rows and checkpoint disagree');

  // The projector goes on where it thinks it is, with the rows it remembers, and is answered where it is.
  while (next < readings) next = await afterwards(() => project(next));
  const [all] = await count();
  assert.equal(Number(all?.count), readings);

  // What is confirmed stays.
  assert.equal(await store.confirm(thingsProjection, at), BigInt(readings));
  await crash(server);
  assert.equal(await afterwards(() => store.position(thingsProjection, at)), BigInt(readings));
});

/** Without time to write anything. Settles when it has been started again. */
const crash = async (server: EmbeddedServer): Promise<void> => {
  const pid = server.pid() ?? 0;
  process.kill(pid, 'SIGQUIT');
  while (server.pid() === undefined || server.pid() === pid) await new Promise(setImmediate);
};

/** What the database answers once it is there. */
const afterwards = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
    }
  }
};
