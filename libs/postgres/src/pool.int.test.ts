import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultProxy } from '@plenum/fault-proxy/testing';
import { TransientFailure } from '@plenum/runtime';
import { copyOut } from './log/copy-out.ts';
import { inPipelinedTransaction, inTransaction, openPool, query } from './pool.ts';
import { testServer } from './testing/index.ts';
import { testDatabase } from './testing/test-database.ts';

test('a connection that says nothing for too long is cut, and the next query has another', async (t) => {
  const { url } = await testServer(t);
  const pool = openPool({ url, applicationName: 'impatient', connectionsMax: 1, silentMaxMs: 200 });
  t.after(() => pool.end());
  await assert.rejects(
    query(pool, 'select pg_sleep(600)'),
    (error) =>
      error instanceof TransientFailure && error.code === 'ETIMEDOUT' && /silent for 200 ms/.test(error.message),
  );
  assert.deepEqual(await query(pool, 'select 1 as one'), [{ one: 1 }]);
});

test('a statement that failed and that nobody waited for lets no transaction pass for committed', async (t) => {
  const { pool } = await testDatabase(t);
  await pool.query('create table kept (one int)');
  const work = inPipelinedTransaction(pool, async (client, begun) => {
    await begun;
    await client.query('insert into kept values (1)');
    client.query('select 1 / 0').catch(() => undefined);
  });
  await assert.rejects(work, /answered COMMIT with ROLLBACK/);
  assert.deepEqual(await query(pool, 'select * from kept'), []);
});

test('statements are answered in the order they were sent, and COPY goes on as before on the same connection', async (t) => {
  const { pool } = await testDatabase(t);
  const answers = await inPipelinedTransaction(pool, async (client, begun) => {
    const asked = [1, 2, 3].map((n) => client.query<{ n: number }>('select $1::int as n', [n]));
    await begun;
    return (await Promise.all(asked)).map(({ rows }) => rows[0]?.n);
  });
  assert.deepEqual(answers, [1, 2, 3]);
  assert.equal((await copyOut(pool, 'select 1')).length, 1);
});

test('PGOPTIONS goes on counting, for servers that take no writes unless somebody insists', async (t) => {
  const { url } = await testDatabase(t);
  const workMem = async (at: string): Promise<unknown> => {
    const pool = openPool({ url: at, applicationName: 'insisting', connectionsMax: 1 });
    t.after(() => pool.end());
    const [row] = await query<object>(
      pool,
      `select current_setting('work_mem') as mem, current_setting('timezone') as zone`,
    );
    return row;
  };
  process.env.PGOPTIONS = '-c work_mem=7MB';
  t.after(() => delete process.env.PGOPTIONS);
  assert.deepEqual(await workMem(url), { mem: '7MB', zone: 'UTC' });
  const asked = `${url}${url.includes('?') ? '&' : '?'}options=-c%20work_mem=9MB`;
  assert.deepEqual(await workMem(asked), { mem: '9MB', zone: 'UTC' });
});

test('a connection that ends with the answer that opens it is a transient failure, and ends nothing else', async (t) => {
  const { url } = await testDatabase(t);
  const { hostname: host, port } = new URL(url);
  // ReadyForQuery, and what a server says to its connections when it is stopped.
  const ready = Buffer.from('Z\0\0\0\u0005I');
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mthe server goes\0\0');
  const fatal = Buffer.concat([Buffer.from('E'), Buffer.from([0, 0, 0, fields.length + 4]), fields]);
  const proxy = await faultProxy({
    to: () => ({ host, port: Number(port) }),
    tamper: () => ({
      toServer: (bytes, way) => way.pass(bytes),
      toClient: (bytes, way) => way.pass(bytes.includes(ready) ? Buffer.concat([bytes, fatal]) : bytes),
    }),
  });
  const pool = openPool({ url: proxy.through(url), applicationName: 'pool test', connectionsMax: 1 });
  t.after(async () => {
    await pool.end();
    await proxy.close();
  });
  await assert.rejects(
    inTransaction(pool, (client) => client.query('select 1')),
    TransientFailure,
  );
});
