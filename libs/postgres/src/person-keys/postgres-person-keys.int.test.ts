import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { Sql } from '@plenum/read-model';
import { personKeys, TransientFailure } from '@plenum/runtime';
import { personKeysContract, sampleCipher, silentLogger } from '@plenum/runtime/testing';
import type pg from 'pg';
import { cutProxy } from '../log/testing/cut-proxy.ts';
import { inTransaction, openPool } from '../pool.ts';
import { testDatabase } from '../testing/index.ts';
import { postgresPersonKeys } from './postgres-person-keys.ts';

personKeysContract('Postgres', async (t) => {
  const { url } = await testDatabase(t);
  const pool = poolOf(t, url);
  return {
    open: () => postgresPersonKeys({ pool: poolOf(t, url), logger: silentLogger }),
    transact: (work) => transact(pool, work),
    tamper: async (person) => {
      const text = `update plenum_person.person_key
        set wrapped = set_byte(wrapped, length(wrapped) - 3, get_byte(wrapped, length(wrapped) - 3) # 1) where person = $1`;
      await pool.query(text, [person]);
    },
  };
});

it('several processes may be the first to open the table', async (t) => {
  const { url } = await testDatabase(t);
  const tables = await Promise.all(
    Array.from({ length: 4 }, () => postgresPersonKeys({ pool: poolOf(t, url), logger: silentLogger })),
  );
  for (const table of tables) assert.deepEqual(await table.read(['ana']), []);
});

it('an absent database is a transient failure, and nobody is taken for erased', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const table = await postgresPersonKeys({ pool: poolOf(t, proxy.url), logger: silentLogger });
  const keys = personKeys({ table, cipher: sampleCipher('master') });
  t.after(keys.close);
  const writing = await keys.keysFor(['ana']);
  writing.keyFor('ana');
  await transact(poolOf(t, url), writing.keep);
  proxy.cut('at-once');
  for (const asked of [keys.keysOf(['ana']), keys.recentKeysOf(['ana']), keys.keysFor(['ana']), keys.forget('ana')]) {
    await assert.rejects(asked, TransientFailure);
  }
  proxy.cut('never');
  assert.equal((await keys.recentKeysOf(['ana'])).size, 1);
});

const poolOf = (t: TestContext, url: string): pg.Pool => {
  const pool = openPool({ url, applicationName: 'person key test', connectionsMax: 3 });
  t.after(() => pool.end());
  return pool;
};

const transact = (pool: pg.Pool, work: (sql: Sql) => Promise<void>): Promise<void> =>
  inTransaction(pool, (client) =>
    work(async <R>(text: string, parameters: readonly unknown[] = []) => {
      const { rows } = await client.query(text, [...parameters]);
      return rows as R[]; // The author of the text names the columns it selects.
    }),
  );
