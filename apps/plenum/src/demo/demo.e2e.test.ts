import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { outcomeOf } from '../testing/run-plenum.ts';

const main = path.join(import.meta.dirname, '../main.ts');
const small = ['--messages', '2000', '--nodes', '20', '--commands', '150'];
const smallOutcome = {
  log: 'postgres',
  ...{ published: 2_000, acknowledged: 2_000, received: 2_000, appended: 1_980, quarantined: 20 },
  ...{ applied: 1_940, duplicates: 40, parked: 0, lost: 0, verified: true },
};

describe('the demo', () => {
  it('proves a run, and another one on kept data, also when the usual ports are taken', async (t) => {
    const dataDir = testDirectory(t);
    const usual = { PORT: await takenPort(t), MQTT_PORT: await takenPort(t), MQTT_WS_PORT: await takenPort(t) };
    for (const run of ['on empty data', 'on kept data']) {
      const { code, stdout, stderr } = await plenum(dataDir, ['demo', '--once', '--json', ...small], usual);
      assert.equal(code, 0, `${run}: ${stderr}`);
      assert.deepEqual(outcomeOf({ stdout }), smallOutcome);
      assert.match(stderr, new RegExp(`port ${usual.MQTT_PORT} is taken, so MQTT is at \\d+`));
    }
    const { code, stdout } = await plenum(dataDir, ['replay', 'verify', '--json']);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).equal, true);
  });

  it('comes to what the README shows, which is ten times as much', () => {
    const readme = readFileSync(path.join(import.meta.dirname, '../../../../README.md'), 'utf8');
    const shown = outcomeOf({ stdout: /```json\n(.+)\n```/.exec(readme)?.[1] ?? '' });
    const tenTimes = Object.entries(smallOutcome).map(([name, value]) => {
      return [name, typeof value === 'number' ? value * 10 : value] as const;
    });
    assert.deepEqual(shown, Object.fromEntries(tenTimes));
  });

  it('runs until it is interrupted, leaves its counters, and lets others look and not interfere', async (t) => {
    const dataDir = testDirectory(t);
    const child = spawn(process.execPath, [main, 'demo', '--nodes', '5', '--rate', '100'], {
      env: environment(dataDir, free),
    });
    let output = '';
    child.stderr.resume();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const exited = once(child, 'exit');
    t.after(() => child.kill('SIGKILL'));
    while (!output.includes('Ctrl-C')) await once(child.stdout, 'data');

    const [, header = '', key = '', url = ''] =
      /curl -H '(X-API-Key): ([0-9a-f]{64})' (\S+)\/nodes\/\S+/.exec(output) ?? [];
    const nodes = await fetch(`${url}/nodes`, { headers: { [header]: key } });
    assert.equal(nodes.status, 200);
    assert.equal((await fetch(`${url}/nodes`)).status, 401);
    for (const path of ['/quarantine?limit=3', '/nodes/ceiling_node_001/refusals', '/balance', '/lag', '/parked']) {
      assert.equal((await fetch(`${url}${path}`, { headers: { [header]: key } })).status, 200, path);
    }
    assert.match(output, new RegExp(`curl -H 'X-API-Key: ${key}' '${url}/quarantine\\?limit=3'`));
    const commanded = await fetch(`${url}/commands`, {
      method: 'POST',
      headers: { [header]: key, 'content-type': 'application/json', prefer: 'wait=20' },
      body: JSON.stringify({ target: 'ceiling_node_004', command: 'calibrate' }),
    });
    const { state } = (await commanded.json()) as { readonly state: string };
    assert.deepEqual([commanded.status, state], [200, 'succeeded']);
    const elsewhere = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal);
    const there = `http://${elsewhere?.address}:${new URL(url).port}/health`;
    if (elsewhere !== undefined) await assert.rejects(fetch(there), 'the demo is open to other machines');
    const second = await plenum(dataDir, ['demo', '--once', ...small]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /is in use by process \d+/);
    const fresh = await plenum(dataDir, ['demo', '--once', '--fresh', ...small]);
    assert.match(fresh.stderr, /is in use by another plenum: stop that one first/);
    const verified = await plenum(dataDir, ['replay', 'verify']);
    assert.equal(verified.code, 0, verified.stderr);

    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    assert.match(output, /received (\d+) = appended \d+ \+ quarantined \d+\n/);
    assert.match(output, /\nnodes: read (\d+) = applied \d+ \+ duplicates \d+ \+ parked 0\n/);
    assert.match(output, /\nanswers to commands 2\n/);
    assert.match(output, /The counters balance\./);
  });

  it('stops cleanly when it is interrupted while it starts', async (t) => {
    const dataDir = testDirectory(t);
    const child = spawn(process.execPath, [main, 'demo'], { env: environment(dataDir, free) });
    t.after(() => child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
  });
});

type Ports = { readonly PORT: number; readonly MQTT_PORT: number; readonly MQTT_WS_PORT: number };
const free: Ports = { PORT: 0, MQTT_PORT: 0, MQTT_WS_PORT: 0 };

const environment = (dataDir: string, ports: Ports): NodeJS.ProcessEnv => ({
  ...process.env,
  ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  PLENUM_DATA_DIR: dataDir,
  DATABASE_URL: '',
  LOG_LEVEL: '',
  HTTP_HOST: '',
});

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

const plenum = (dataDir: string, words: readonly string[], ports = free): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { env: environment(dataDir, ports) }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });

/** A port that somebody listens on until the test ends. */
const takenPort = async (t: TestContext): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
};
