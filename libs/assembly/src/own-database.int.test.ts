import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, testDirectory } from '@plenum/postgres/testing';
import { openOwnDatabase } from './own-database.ts';

const common = { applicationName: 'test', logger: silentLogger };

test('without a URL the embedded server is started, and stopped at the end', async (t) => {
  const database = await openOwnDatabase({ ...common, embedded: { dataDir: testDirectory(t), port: 0 } });
  const { rows } = await database.pool.query('select current_database() as name');
  assert.equal(rows[0].name, 'plenum');
  await database.close();
  assert.equal(database.embedded?.pid(), undefined);
});
