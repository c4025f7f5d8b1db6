/** Who may do what at the MQTT listener, from the decision about a node to what its client hears. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { translator } from '@plenum/catalogue';
import { identities, type TopicCase, topicMatrix } from '@plenum/device/testing';
import { topicMatcher } from '@plenum/domain';
import { metricsRegistry } from '@plenum/metrics';
import { selfSigned } from '@plenum/mqtt/testing';
import { testDirectory } from '@plenum/postgres/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { registerBridgeMetrics } from './metrics.ts';
import { bridgeForNodes, type IssuedKey } from './testing/bridge-for-nodes.ts';

const notAuthorized = 0x87;

describe('a node at the MQTT listener', () => {
  it('signs in with its key and is recorded, may what is decided of it, and is disconnected when it is disabled', async (t) => {
    const site = await bridgeForNodes(t);
    await site.enrol('a', ['humidity']);
    const key = await site.issueKey('a');
    let client = await connected(site.port, 'a', key);
    assert.equal(await published(client, 'ceiling/sensors/a_humidity/data', reading), 'taken');
    assert.deepEqual(
      (await site.logged()).map(({ type, source }) => [type.split('.').at(-1), source]),
      [['ReadingReported', 'ceiling/sensors/a_humidity/data']],
    );
    const light = 'ceiling/sensors/a_light_level/data';
    assert.equal(await published(client, light, reading), 'denied');
    await site.change('a', ['humidity', 'light_level']);
    for (let said = ''; said !== 'taken'; said = await published(client, light, reading)) {
      // What is decided is heard of in a moment, and who asks too often until then is disconnected.
      if (!client.connected) client = await connected(site.port, 'a', key);
    }

    assert.equal(site.bridge.access?.().signedIn, 1);
    const closed = closedOf(client);
    await site.stand('a', 'disable');
    await closed;
    const { signedIn, ended } = site.bridge.access?.() ?? assert.fail();
    assert.deepEqual([signedIn, ended], [0, 1]);
    await assert.rejects(connected(site.port, 'a', key), { code: notAuthorized });

    const metrics = metricsRegistry();
    registerBridgeMetrics(metrics, () => site.bridge);
    const shown = await metrics.text();
    assert.match(shown, /^plenum_bridge_signed_in 0$/m);
    assert.match(shown, /^plenum_bridge_rights_ended_total 1$/m);
    assert.match(shown, /^plenum_bridge_sign_ins_refused_total\{outcome="refused"\} 1$/m);
    assert.match(shown, /^plenum_bridge_sign_ins_refused_total\{outcome="admitted"\} 0$/m);
    assert.match(shown, /^plenum_bridge_publishes_denied_total [1-9]\d*$/m);
  });

  it('may do what the matrix of topics says for each identity, and nothing else', async (t) => {
    const site = await bridgeForNodes(t);
    await site.enrol('a', ['humidity']);
    const [former, later] = [await site.issueKey('a'), await site.issueKey('a')];
    let denied = 0;

    /** In this order: each of them changes what the next finds. */
    const lives: Readonly<Record<TopicCase['identity'], () => Promise<void>>> = {
      node: () => mayAll('node', former),
      rotated: () => mayAll('rotated', later),
      'rotated-away': () => endsWith(former, () => site.revokeKey('a', former), 0x86),
      revoked: () => endsWith(later, () => site.revokeKey('a', later), 0x86),
      disabled: async () => {
        const key = await site.issueKey('a');
        await knownSoon(site.port, key);
        await endsWith(key, () => site.stand('a', 'disable'), notAuthorized);
      },
      unknown: () => assert.rejects(connected(site.port, 'stranger', former), { code: 0x86 }),
    };
    const mayAll = async (identity: TopicCase['identity'], key: IssuedKey): Promise<void> => {
      for (const { action, topic, allowed } of casesOf(identity)) {
        const client = await connected(site.port, 'a', key);
        const said = await (action === 'publish' ? published(client, topic, '{}') : subscribed(client, topic));
        if (action === 'publish' && said === 'denied') denied += 1;
        assert.equal(said !== 'denied' && said !== 'closed', allowed, `${identity} may ${action} ${topic}: ${said}`);
        await client.endAsync(true);
      }
    };
    /** Nothing is said on any topic by a client that is not let in; and one that is in is so no longer. */
    const endsWith = async (key: IssuedKey, decide: () => Promise<void>, code: number): Promise<void> => {
      const client = await connected(site.port, 'a', key);
      const closed = closedOf(client);
      await decide();
      await closed;
      await assert.rejects(connected(site.port, 'a', key), { code });
    };
    for (const identity of identities) {
      assert.ok(casesOf(identity).length > 50);
      await lives[identity]();
    }
    for (const { identity, allowed } of topicMatrix) {
      if (identity !== 'node' && identity !== 'rotated') assert.equal(allowed, false);
    }
    const codes = (await site.logged()).map(({ data }) => (data as { readonly code?: string }).code);
    assert.equal(codes.filter((code) => code === 'not-authorized').length, denied);
    assert.equal(site.bridge.counts().deniedPublishes, denied);
  });

  it('signs in with a certificate of its own, and is disconnected when it gets another', async (t) => {
    const folder = testDirectory(t);
    await mkdir(folder, { recursive: true });
    const { key, cert } = selfSigned();
    const file = async (name: string, pem: string): Promise<string> => {
      await writeFile(join(folder, name), pem);
      return join(folder, name);
    };
    const [certFile, keyFile] = [await file('tls.crt', cert), await file('tls.key', key)];
    const tls = { MQTT_TLS_CERT: certFile, MQTT_TLS_KEY: keyFile, MQTT_TLS_CA: certFile };
    const site = await bridgeForNodes(t, tls);
    const shown = (clientId: string): Promise<MqttClient> =>
      mqtt.connectAsync(
        `mqtts://localhost:${site.tlsPort}`,
        { ...{ protocolVersion: 5, clientId, reconnectPeriod: 0 }, ...{ key, cert, ca: cert } },
        false,
      );
    await site.enrol('a', ['humidity']);
    await site.setCertificate('a', 'localhost'); // The common name in it.
    await assert.rejects(shown('b'), { code: 0x86 });
    const client = await shown('a');
    assert.equal(await published(client, 'ceiling/sensors/a_humidity/data', reading), 'taken');
    const closed = closedOf(client);
    await site.setCertificate('a', 'another');
    await closed;
    await assert.rejects(shown('a'), { code: 0x86 });
  });

  it('is tested on every topic on which events are reported', () => {
    const unknown = (asked: readonly string[]): readonly string[] =>
      asked.filter((filter) => {
        const matches = topicMatcher(filter);
        return !topicMatrix.some(({ action, topic }) => action === 'publish' && matches(topic));
      });
    assert.ok(translator.topics.length >= 4);
    assert.deepEqual(unknown(translator.topics), []);
    assert.deepEqual(unknown(['ceiling/doors/+']), ['ceiling/doors/+']);
  });
});

const casesOf = (identity: TopicCase['identity']): readonly TopicCase[] =>
  topicMatrix.filter((one) => one.identity === identity);

const reading = JSON.stringify({
  ...{ sensor_type: 'humidity', value: 47.25, unit: '%', timestamp: '2026-03-04T09:15:02.118204' },
  location: { x: 1, y: 2, z: 3 },
});

/** A key that was just issued is known when the bridge has heard of it. */
const knownSoon = async (port: number, key: IssuedKey): Promise<void> => {
  for (;;) {
    try {
      await (await connected(port, 'a', key)).endAsync(true);
      return;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
};

/** Rejects with the reason code of MQTT 5 when it is not let in. */
const connected = async (port: number, nodeId: string, { key }: IssuedKey): Promise<MqttClient> => {
  const client = await mqtt.connectAsync(
    `mqtt://127.0.0.1:${port}`,
    { protocolVersion: 5, clientId: nodeId, username: nodeId, password: key, reconnectPeriod: 0 },
    false,
  );
  client.on('error', () => undefined); // A connection that is ended says so in its own events.
  return client;
};

const closedOf = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));

type Said = 'taken' | 'refused' | 'denied' | 'closed';

/** `refused`: for what it says, and not for who says it. */
const published = (client: MqttClient, topic: string, payload: string): Promise<Said> =>
  answered(client, (answer) =>
    client.publish(topic, payload, { qos: 1 }, (error) => {
      if (error === undefined || error === null) answer('taken');
      else answer((error as { readonly code?: number }).code === notAuthorized ? 'denied' : 'refused');
    }),
  );

const subscribed = (client: MqttClient, filter: string): Promise<Said> =>
  answered(client, (answer) =>
    client.subscribe(filter, { qos: 1 }, (error) => answer(error === null ? 'taken' : 'denied')),
  );

const answered = (client: MqttClient, ask: (answer: (said: Said) => void) => void): Promise<Said> =>
  new Promise((resolve) => {
    const closed = (): void => resolve('closed');
    client.once('close', closed);
    ask((said) => {
      client.off('close', closed);
      resolve(said);
    });
  });
