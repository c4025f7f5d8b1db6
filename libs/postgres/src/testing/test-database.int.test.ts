import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { testDatabase } from './test-database.ts';

test('each test has a database of its own', async (t) => {
  const [one, other] = await Promise.all([testDatabase(t), testDatabase(t)]);
  await one.pool.query('create table thing (a int)');
  await assert.rejects(other.pool.query('select from thing'), { code: '42P01' });
});

test('a connection left open fails the test that opened it', async () => {
  const { t, finish } = fakeTest();
  const { url } = await testDatabase(t);
  const client = new pg.Client({ connectionString: url, application_name: 'forgotten' });
  client.on('error', () => undefined);
  await client.connect();
  await assert.rejects(finish(), /left 1 connection\(s\) to its database open: forgotten/);
  await client.end();
});

test('what the test opened later may be closed by a later hook', async (t) => {
  const { url } = await testDatabase(t);
  const client = new pg.Client(url);
  await client.connect();
  t.after(() => client.end());
});

type FakeTest = { readonly t: TestContext; finish(): Promise<void> };

/** A test whose hooks are run here, in the order and with the growth that node:test gives them. */
const fakeTest = (): FakeTest => {
  const hooks: (() => unknown)[] = [];
  const after = (hook: () => unknown): void => void hooks.push(hook);
  return {
    t: { after } as unknown as TestContext, // The kit uses nothing else of it.
    finish: async () => {
      for (const hook of hooks) await hook();
    },
  };
};
