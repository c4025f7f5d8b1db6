import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { ConfigError, readConfig } from '@plenum/config';
import { presenceTopic } from '@plenum/device';
import type { Event } from '@plenum/event';
import { connectPacket, ids, publishPacket, rawConnected, rawDevice, rawTcp } from '@plenum/mqtt/testing';
import type { Log } from '@plenum/runtime';
import { memoryLog, memorySessions, silentLogger } from '@plenum/runtime/testing';
import type { Bridge } from './bridge.ts';
import { bridgeSettings, settings } from './config.ts';
import type { AuthorizedNodes } from './listener-access.ts';
import { runBridge } from './run.ts';

const codec = avroCodec(events);

const reading = (sequence: number): string =>
  JSON.stringify({
    sensor_type: 'temperature',
    value: 20 + sequence / 10,
    unit: '°C',
    timestamp: `2026-03-04T09:15:02.${String(sequence).padStart(6, '0')}`,
    location: { x: 1, y: 2, z: 3 },
  });

describe('runBridge', () => {
  it('turns what devices publish into events in the log', async (t) => {
    const { port, logged } = await started(t);
    const device = await rawConnected(port, { clientId: 'node-1' });
    device.send(
      publishPacket('ceiling/sensors/node-1_temperature/data', reading(1), { messageId: 1 }),
      publishPacket('ceiling/nodes/node-1/status', '{"status":"online","battery_level":71.5}', { messageId: 2 }),
      publishPacket('ceiling/commands/node-1', '{"command":"calibrate"}', { messageId: 3 }),
      publishPacket('ceiling/sensors/node-1_temperature/data', '{"value":"hot"}', { messageId: 4 }),
      publishPacket('somewhere/else', 'x', { messageId: 5 }),
    );
    assert.deepEqual(
      await ids(device, 5),
      [1, 2, 3, 4, 5].map((id) => `puback ${id}`),
    );
    const types = (await logged()).map(({ type }) => type.split('.').at(-1));
    assert.deepEqual(
      new Set(types),
      new Set(['CommandSeen', 'MessageQuarantined', 'NodeStatusReported', 'ReadingReported']),
    );
    assert.equal(types.length, 5);
    device.kill();
  });

  it('gives a message sent again the id of the first, and three equal statuses three ids in order', async (t) => {
    const { port, logged } = await started(t);
    const device = await rawConnected(port);
    const status = (value: string, messageId: number) =>
      publishPacket('ceiling/nodes/n/status', `{"status":"${value}"}`, { messageId });
    device.send(
      publishPacket('ceiling/sensors/s/data', reading(7), { messageId: 1 }),
      publishPacket('ceiling/sensors/s/data', reading(7), { messageId: 2, dup: true }),
      ...['online', 'offline', 'online'].map((value, n) => status(value, n + 3)),
    );
    await ids(device, 5);
    const seen = await logged();
    const readings = seen.filter(({ type }) => type.endsWith('ReadingReported'));
    const statuses = seen.filter(({ type }) => type.endsWith('NodeStatusReported'));
    assert.equal(readings.length, 2);
    assert.equal(readings[0]?.id, readings[1]?.id);
    assert.deepEqual(
      statuses
        .toSorted((a, b) => a.effectiveTimeUs - b.effectiveTimeUs || (a.id < b.id ? -1 : 1))
        .map(({ data }) => (data as { status: string }).status),
      ['online', 'offline', 'online'],
    );
    assert.equal(new Set(statuses.map(({ id }) => id)).size, 3);
    device.kill();
  });

  it('takes what a device sends again in its session for what it was, though the message does not say', async (t) => {
    const { port, logged } = await started(t);
    const messages = [
      publishPacket('ceiling/nodes/n/status', '{"status":"online"}', { messageId: 1 }),
      publishPacket('ceiling/nodes/n/status', '{"status":"online"}', { messageId: 2 }),
      publishPacket('ceiling/nodes/n/status', 'no JSON', { messageId: 3 }),
    ];
    const again = messages.map((packet) => ({ ...packet, dup: true }));
    const pubacks = ['puback 1', 'puback 2', 'puback 3'];
    const say = async (packets: typeof messages, clean = false): Promise<void> => {
      const device = await rawConnected(port, { clientId: 'n', clean });
      device.send(...packets);
      assert.deepEqual(await ids(device, 3), pubacks);
      device.kill();
      await device.closed;
    };
    const idsLogged = async (): Promise<number> => new Set((await logged()).map(({ id }) => id)).size;
    await say(messages);
    assert.equal(await idsLogged(), 3);
    await say(again);
    assert.deepEqual([await idsLogged(), (await logged()).length], [3, 6]);
    // Without DUP, or in a session that is not kept, they are other messages.
    await say(messages);
    assert.equal(await idsLogged(), 6);
    await say(again, true);
    assert.equal(await idsLogged(), 9);
  });

  it('keeps an oversized message by length, digest and beginning, with the node its topic names', async (t) => {
    const { port, logged } = await started(t, { MQTT_MAX_PACKET: '1KiB' });
    const device = await rawConnected(port);
    device.send(publishPacket('ceiling/nodes/n7/status', Buffer.alloc(5000, 'x')));
    assert.deepEqual(await ids(device, 1), ['puback 1']);
    const [event] = await logged();
    const { payload, payload_sha256, ...data } = (event ?? assert.fail('nothing logged')).data as Record<
      string,
      unknown
    >;
    assert.deepEqual(data, {
      client_id: 'raw',
      topic: 'ceiling/nodes/n7/status',
      code: 'oversized',
      detail: 'the payload has 5000 bytes; its packet is larger than this bridge takes',
      node_id: 'n7',
      sensor_id: undefined,
      payload_length: 5000,
    });
    assert.deepEqual(Buffer.from(payload as Uint8Array), Buffer.alloc(4096, 'x'));
    assert.match(String(payload_sha256), /^[0-9a-f]{64}$/);
    device.kill();
  });

  it('keeps counts only beyond a client’s budget', async (t) => {
    const { port, logged, bridge } = await started(t, { QUARANTINE_BURST: '3', QUARANTINE_PER_SECOND: '0' });
    const device = await rawConnected(port);
    device.send(...Array.from({ length: 50 }, (_, n) => publishPacket('nowhere', 'bad', { messageId: n + 1 })));
    assert.equal((await ids(device, 50)).at(-1), 'puback 50');
    const { quarantined, discarded } = bridge.balance();
    assert.deepEqual([quarantined, discarded], [3, 47]);
    const counts = (await logged()).filter(({ type }) => type.endsWith('MessagesDiscarded'));
    assert.equal(
      counts.reduce((sum, { data }) => sum + (data as { messages: number }).messages, 0),
      47,
    );
    device.kill();
  });

  it('sends a device what it is asked to, settles with its PUBACK, and records none of it', async (t) => {
    const { port, logged, bridge } = await started(t);
    const message = { topic: 'ceiling/commands/n7', payload: Buffer.from('{"command":"calibrate"}'), expiryMs: 30_000 };
    assert.deepEqual(await bridge.devices.publish(message), { outcome: 'not-connected' });
    const device = await rawDevice(port, { clientId: 'n7', filter: 'ceiling/commands/n7', qos: 1 });
    const delivery = bridge.devices.publish({ ...message, clientId: 'n7' });
    const { payload, messageId } = await device.received();
    assert.equal(String(payload), '{"command":"calibrate"}');
    device.puback(messageId);
    assert.deepEqual(await delivery, { outcome: 'delivered', by: 'device' });
    device.send(publishPacket('ceiling/nodes/n7/status', '{"status":"online"}'));
    await ids(device, 1);
    const types = (await logged()).map(({ type }) => type.split('.').at(-1));
    assert.deepEqual(types, ['NodeStatusReported']);
    device.kill();
  });

  it('stops when asked to: what arrived is acknowledged and in the log', async (t) => {
    const { port, stop, bridge, ended, logged } = await started(t);
    const devices = await Promise.all(Array.from({ length: 20 }, (_, n) => rawConnected(port, { clientId: `d${n}` })));
    for (const device of devices) {
      device.send(
        ...Array.from({ length: 100 }, (_, n) =>
          publishPacket('ceiling/sensors/s/data', reading(n), { messageId: n + 1 }),
        ),
      );
    }
    while (bridge.balance().received === 0) await new Promise((resolve) => setImmediate(resolve));
    stop();
    await ended;
    await Promise.all(devices.map(({ closed }) => closed));
    const acknowledged = devices.reduce((sum, { waiting }) => sum + waiting.length, 0);
    const { received, appended, inHand } = bridge.balance();
    assert.equal(appended, received);
    assert.equal(inHand, 0);
    assert.equal(acknowledged, appended);
    assert.equal((await logged()).length, appended);
  });

  it('takes another port when its own is taken, if it may', async (t) => {
    const first = await started(t);
    const taken = { MQTT_PORT: String(first.port) };
    await assert.rejects(started(t, taken), { code: 'EADDRINUSE' });
    const second = await started(t, taken, { whenPortTaken: 'take-another' });
    assert.notEqual(second.port, first.port);
  });

  it('lets clients in that do not sign in where only this machine reaches it, or where it is said', async (t) => {
    const nodes: AuthorizedNodes = {
      reads: { nodes: async () => [], page: async () => [], mark: async () => '' },
      listen: () => ({ close: () => Promise.resolve() }),
    };
    const refused = /"returnCode":5/;
    const beyond = { MQTT_HOST: '0.0.0.0' };
    await assert.rejects(started(t, beyond), /no table of nodes/);
    const asked = await started(t, beyond, { nodes });
    assert.equal(asked.bridge.tcp?.host, '0.0.0.0');
    await assert.rejects(rawConnected(asked.port), refused);
    const askedHere = await started(t, { MQTT_ANONYMOUS: 'false' }, { nodes });
    await assert.rejects(rawConnected(askedHere.port), refused);
    for (const environment of [{}, { ...beyond, MQTT_ANONYMOUS: 'true' }]) {
      const open = await started(t, environment, { nodes });
      (await rawConnected(open.port)).kill();
    }
    assert.deepEqual(asked.bridge.access?.(), { signedIn: 0, refused: 1, refusedIfAsked: 0, ended: 0 });
  });

  it('says which TLS setting is missing or cannot be read', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'bridge-'));
    t.after(() => rm(directory, { recursive: true }));
    const cert = join(directory, 'cert.pem');
    await writeFile(cert, '');
    await assert.rejects(started(t, { MQTT_TLS_CERT: cert }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.exitCode, 78);
      assert.match(error.message, /MQTT_TLS_KEY is missing/);
      return true;
    });
    await assert.rejects(
      started(t, { MQTT_TLS_CERT: cert, MQTT_TLS_KEY: join(directory, 'none') }),
      /MQTT_TLS_KEY names/,
    );
  });

  it('ends with the reason when the log fails for good', async (t) => {
    const append = (): Promise<never> => Promise.reject(new TypeError('a bug'));
    const { port, ended } = await started(t, {}, { log: { append } });
    const device = rawTcp(port);
    device.send(connectPacket(), publishPacket('ceiling/nodes/n/status', '{"status":"online"}'));
    await assert.rejects(ended, { message: 'a bug' });
    await device.closed;
    assert.deepEqual(
      device.waiting.map(({ cmd }) => cmd),
      ['connack'],
    );
  });
});

it('refuses a time zone that does not exist', () => {
  assert.throws(
    () => readConfig(settings, { DEVICE_TIME_ZONE: 'Mars/Olympus' }),
    /DEVICE_TIME_ZONE must be a time zone/,
  );
});

type Environment = Readonly<Record<string, string>>;
type Differing = Partial<Pick<Parameters<typeof runBridge>[0], 'whenPortTaken' | 'log' | 'nodes'>>;

/** A bridge before a log in memory, on free ports; stopped with the test. Rejects when it does not come up. */
const started = async (t: TestContext, environment: Environment = {}, differing: Differing = {}) => {
  const log = memoryLog(topics);
  const sessions = memorySessions().open();
  const stopping = new AbortController();
  const listening = Promise.withResolvers<Bridge>();
  const config = readConfig(bridgeSettings, {
    MQTT_PORT: '0',
    MQTT_WS_PORT: '0',
    BRIDGE_DRAIN_TIMEOUT: '30s',
    ...environment,
  });
  const parts = { config, log, codec, logger: silentLogger, onListening: listening.resolve, sessions, ...differing };
  const ended = runBridge(parts, stopping.signal);
  ended.catch(listening.reject);
  const bridge = await listening.promise;
  t.after(() => {
    stopping.abort();
    return ended.catch(() => undefined); // A test that expects it to fail has looked already.
  });
  return {
    bridge,
    port: bridge.tcp?.port ?? 0,
    stop: () => stopping.abort(),
    ended,
    logged: () => everything(log),
  };
};

/** What devices said, and not who was connected. */
const everything = async (log: Log): Promise<readonly Event[]> => {
  const found: Event[] = [];
  for (const { name } of topics.filter((topic) => topic !== presenceTopic)) {
    for (const { partition, first, next } of await log.positions(name)) {
      for await (const batch of log.read({ topic: name, partition, from: first, to: next })) {
        for (const record of batch.records) {
          const decoded = codec.decode(record);
          assert.ok(decoded.outcome === 'event');
          found.push(decoded.event);
        }
      }
    }
  }
  return found;
};
