import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { it, type TestContext } from 'node:test';
import { testServer } from '@plenum/postgres/testing';

/** Ends what waits for ever for the database's word. */
const timed = { timeout: 120_000 };

it('runs as a process of its own, answers probes, and ends on SIGTERM', timed, async (t) => {
  const { url } = await testServer(t);
  const reactor = start(t, { DATABASE_URL: url, REACTOR_PROBES_PORT: '0', PLENUM_MASTER_KEY: 'a7'.repeat(32) });
  const port = await reactor.said('probes are served');
  await reactor.said('the reactor runs');
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready', reasons: [], parked: {} }]);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /^# TYPE plenum_reaction_commands_total counter$/m);
  assert.match(metrics, /^# TYPE plenum_consumer_records_total counter$/m);

  reactor.process.kill('SIGTERM');
  assert.deepEqual(await reactor.exit, [0, null]);
});

it('says which settings do not fit, and exits with 78', async (t) => {
  const reactor = start(t, { REACTOR_POOL_MAX: '1', REACTOR_PROBES_PORT: 'many' });
  assert.deepEqual(await reactor.exit, [78, null]);
  assert.match(reactor.errors(), /REACTOR_POOL_MAX/);
  assert.match(reactor.errors(), /REACTOR_PROBES_PORT/);
});

const start = (t: TestContext, env: Readonly<Record<string, string>>) => {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const heard = new Map<string, PromiseWithResolvers<number>>();
  const of = (message: string) => heard.getOrInsertComputed(message, () => Promise.withResolvers<number>());
  createInterface(child.stdout).on('line', (line) => {
    const { msg, port = 0 } = JSON.parse(line) as { readonly msg: string; readonly port?: number };
    of(msg).resolve(port);
  });
  const exit = once(child, 'close');
  const ended = exit.then(() => assert.fail(`the reactor ended: ${errors}`));
  ended.catch(() => undefined); // Only of interest to those who wait for a message.
  return {
    process: child,
    exit,
    errors: () => errors,
    /** Settles with the port in it when a message is logged. */
    said: (message: string): Promise<number> => Promise.race([of(message).promise, ended]),
  };
};
