/** A bridge at which devices have to sign in, and a store in which it is decided about them; both end with the test. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { openAuthorizedNodes, openDecisions } from '@plenum/assembly';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { newNodeKey } from '@plenum/credentials';
import {
  changeNode,
  enrolNode,
  issueNodeKey,
  type NodeDescription,
  revokeNodeKey,
  setNodeCertificate,
  standNode,
} from '@plenum/device';
import { plenumItself as actor, type Command } from '@plenum/event';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { handleCommand } from '@plenum/runtime';
import { memoryLog, memorySessions } from '@plenum/runtime/testing';
import type { Bridge } from '../bridge.ts';
import { bridgeSettings } from '../config.ts';
import { runBridge } from '../run.ts';
import { eventsIn } from './events-in.ts';

export type IssuedKey = { readonly key: string; readonly keyId: string };

export const bridgeForNodes = async (t: TestContext, environment: Readonly<Record<string, string>> = {}) => {
  const { pool, url } = await testDatabase(t);
  const foundation = { database: { pool, url, beside: () => 3 } };
  const codec = avroCodec(events);
  const log = memoryLog(topics);
  await using opened = new AsyncDisposableStack();
  // The bridge may come before the program that decides: it makes the table.
  const nodes = await openAuthorizedNodes({ foundation, logger: silentLogger });
  opened.defer(nodes.close);
  const settings = { ...foundation, log, codec, masterKeys: undefined, logger: silentLogger };
  const decisions = await openDecisions(settings);
  opened.defer(decisions.close);
  const config = readConfig(bridgeSettings, {
    MQTT_TLS_PORT: '0',
    ...{ MQTT_PORT: '0', MQTT_WS_PORT: '0', MQTT_ANONYMOUS: 'false', INGEST_INTERVAL: '0', QUARANTINE_BURST: '1000' },
    ...environment,
  });
  const listening = Promise.withResolvers<Bridge>();
  const stopping = new AbortController();
  const sessions = memorySessions().open();
  const ended = runBridge(
    { config, log, codec, logger: silentLogger, sessions, nodes, onListening: listening.resolve },
    stopping.signal,
  );
  ended.catch(listening.reject);
  opened.defer(async () => {
    stopping.abort();
    await ended;
  });
  const bridge = await listening.promise;
  const parts = opened.move();
  t.after(() => parts.disposeAsync());

  const decide = async (command: Command): Promise<void> => {
    const clock = { nowUs: () => Date.now() * 1000 };
    const tools = { store: decisions.store, clock, random: { bytes16: () => randomBytes(16) } };
    const done = await handleCommand(tools, command, { id: randomUUID(), actor });
    assert.equal(done.outcome, 'done', JSON.stringify(done));
  };
  return {
    ...{ bridge, port: bridge.tcp?.port ?? 0, tlsPort: bridge.tls?.port ?? 0 },
    enrol: (nodeId: string, sensors: readonly string[]) =>
      decide(enrolNode(nodeId, { actor, description: of(sensors) })),
    change: (nodeId: string, sensors: readonly string[]) =>
      decide(changeNode(nodeId, { actor, description: of(sensors) })),
    issueKey: async (nodeId: string): Promise<IssuedKey> => {
      const { key, keyId, keyHash } = newNodeKey();
      await decide(issueNodeKey(nodeId, { actor, keyId, keyHash }));
      return { key, keyId };
    },
    revokeKey: (nodeId: string, { keyId }: IssuedKey) =>
      decide(revokeNodeKey(nodeId, { actor, keyId, reason: 'revoked' })),
    setCertificate: (nodeId: string, subject: string) => decide(setNodeCertificate(nodeId, { actor, subject })),
    stand: (nodeId: string, how: 'disable' | 'enable' | 'remove') => decide(standNode(nodeId, { actor, do: how })),
    /** What devices said, and what was quarantined of it. */
    logged: () => eventsIn(log, codec),
  };
};

const of = (sensors: readonly string[]): NodeDescription => ({
  location: { x: 1, y: 2, z: 3, zone: undefined },
  ...{ sensors, firmware_version: '1.0.0', capabilities: '{}' },
});
