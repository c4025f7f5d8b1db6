import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
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

test('the server ends with a process that is killed', { timeout: 120_000 }, async (t) => {
  const program = path.join(import.meta.dirname, 'owned-server.ts');
  const owner = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => owner.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: owner.stdout }), 'line');
  assert.ok(isAlive(Number(line)));

  owner.kill('SIGKILL');

  while (isAlive(Number(line))) {
    t.signal.throwIfAborted();
    await setImmediate();
  }
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

const isAlive = (pid: number): boolean => {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
