/** Two bridges with one session at a real Mosquitto, as processes of their own before the Postgres log. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { topics } from '@plenum/catalogue';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { publishMany } from '@plenum/mqtt/testing';
import { openDatabase, postgresLog } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { type Log, type LogRecord, TransientFailure } from '@plenum/runtime';

const timeout = 120_000;

it('a frozen bridge loses the session within seconds, and takes nothing more when it wakes', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const { broker, log, start } = await site(t);
  const frozen = start();
  await frozen.is('open');
  const standBy = start();
  await standBy.told('another one holds the lease; waiting');
  const sent = readings(600);
  await publishMany(broker.port, sent.slice(0, 200));
  const before = idsOf(await inLog(log, 200));

  frozen.child.kill('SIGSTOP');
  // The broker sends these to the frozen one, which finds them when it wakes.
  await publishMany(broker.port, sent.slice(200, 400));
  await standBy.is('open');
  await inLog(log, 400);

  const woken = frozen.told('the session with the broker ended');
  frozen.child.kill('SIGCONT');
  assert.equal((await woken).reason, 'the lease is over');
  await frozen.is('standing-by');
  await publishMany(broker.port, sent.slice(400));
  const ids = (await inLog(log, 600)).map(({ headers }) => headers.ce_id);
  assert.equal(new Set(ids).size, 600);
  // Of what was there before, the last PUBACKs may not have left, and then the broker gave it to the other one as well.
  assert.equal(ids.filter((id) => !before.has(id)).length, 400, 'nothing that came later is in the log twice');
});

it('a bridge that is asked to stop hands the session on at once', { skip: mosquittoMissing, timeout }, async (t) => {
  const { broker, log, start, holder } = await site(t);
  const first = start();
  await first.is('open');
  const second = start();
  await second.told('another one holds the lease; waiting');
  const sent = readings(300);
  await publishMany(broker.port, sent.slice(0, 100));
  const holding = await holder();
  // Frozen, it cannot take a lease that has run out instead of being given back.
  second.child.kill('SIGSTOP');
  const publishing = publishMany(broker.port, sent.slice(100));
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.exit, [0, null]);
  assert.notEqual(await holder(), holding, 'the lease was given back');
  second.child.kill('SIGCONT');
  await second.is('open');
  await publishing;
  assert.equal((await inLog(log, 300)).length, 300);
});

it('loses nothing when the database of log and lease is killed', { skip: mosquittoMissing, timeout }, async (t) => {
  const { broker, log, start, server } = await site(t);
  const bridge = start();
  await bridge.is('open');
  const sent = readings(900);
  for (const [from, to] of [
    [0, 300],
    [300, 600],
    [600, 900],
  ] as const) {
    const publishing = publishMany(broker.port, sent.slice(from, to));
    process.kill(server.pid() ?? assert.fail('the database does not run'), 'SIGKILL');
    await publishing;
    await inLog(log, to);
  }
  const records = await inLog(log, 900);
  assert.equal(idsOf(records).size, 900);
});

it('says which settings the connector misses, and exits with 78', { timeout }, async (t) => {
  const { url } = await testServer(t);
  for (const [env, complaint] of [
    [{}, /MQTT_URL is missing/],
    [{ MQTT_URL: 'http://broker' }, /MQTT_URL.*mqtt, mqtts, ws, wss/],
    [{ MQTT_URL: 'mqtt://me:secret@broker' }, /MQTT_URL.*credentials/],
    [{ MQTT_URL: 'mqtts://broker', MQTT_CERT: 'cert.pem' }, /MQTT_KEY is missing/],
  ] as const) {
    const bridge = startBridge(t, { DATABASE_URL: url, ...env });
    assert.deepEqual(await bridge.exit, [78, null]);
    assert.match(bridge.errors(), complaint);
    assert.doesNotMatch(bridge.errors(), /secret/);
  }
});

const site = async (t: TestContext) => {
  const broker = await testMosquitto(t);
  const server = await testServer(t);
  const { url } = server;
  const database = await openDatabase({ applicationName: 'test', connectionsMax: 4, logger: silentLogger, url });
  const log = await postgresLog({ pool: database.pool, topics, logger: silentLogger });
  t.after(async () => {
    await log.close();
    await database.close();
  });
  const env = { DATABASE_URL: url, MQTT_URL: `mqtt://127.0.0.1:${broker.port}` };
  const holder = async (): Promise<string | null | undefined> => {
    const { rows } = await database.pool.query<{ holder: string | null }>('select holder from plenum_lease.lease');
    return rows[0]?.holder;
  };
  return { broker, log, server, holder, start: () => startBridge(t, env) };
};

const readings = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    topic: `ceiling/sensors/node_${n % 7}_temperature/data`,
    payload: JSON.stringify({
      sensor_type: 'temperature',
      value: n,
      unit: '°C',
      timestamp: `2026-03-04T09:15:02.${String(n).padStart(6, '0')}`,
      location: { x: 1, y: 2, z: 3 },
    }),
  }));

/** Everything in the log once there is that much; looked at again and again, also while the database is away. */
const inLog = async (log: Log, count: number) => {
  for (; ; await setTimeout(10)) {
    const records = await everything(log).catch((error: unknown) => {
      if (error instanceof TransientFailure) return [];
      throw error;
    });
    if (idsOf(records).size >= count) return records;
  }
};

const idsOf = (records: readonly LogRecord[]): ReadonlySet<unknown> =>
  new Set(records.map(({ headers }) => headers.ce_id));

const everything = async (log: Log): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  for (const { name: topic } of topics) {
    for (const { partition, first: from, next: to } of await log.positions(topic)) {
      for await (const batch of log.read({ topic, partition, from, to })) {
        records.push(...batch.records);
      }
    }
  }
  return records;
};

type Line = { readonly msg: string; readonly state?: string; readonly reason?: string };

const startBridge = (t: TestContext, env: Readonly<Record<string, string>>) => {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { MQTT_MODE: 'connect', BRIDGE_PROBES_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'close');
  t.after(async () => {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await exit;
  });
  let errors = '';
  let state: string | undefined;
  let waiting: ((line: Line) => boolean)[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  if (child.stdout !== null) {
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as Line; // Written by pino.
      state = line.state ?? state;
      waiting = waiting.filter((meets) => !meets(line));
    });
  }
  const told = (met: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      waiting.push((line) => {
        if (met(line)) resolve(line);
        return met(line);
      });
      void exit.then(() => reject(new Error(`the bridge ended: ${errors}`)));
    });
  return {
    child,
    exit,
    errors: () => errors,
    told: (msg: string) => told((line) => line.msg === msg),
    is: async (wanted: string) => {
      if (state !== wanted) await told((line) => line.state === wanted);
    },
  };
};
