/** A Mosquitto whose rights Plenum keeps, a store in which it is decided about nodes, and bridges; all of it ends with the test. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { openAtBroker, openAuthorizedNodes, openDecisions } from '@plenum/assembly';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { newNodeKey } from '@plenum/credentials';
import {
  type AtBroker,
  assignCertificate,
  type BrokerCommand,
  changeNode,
  enrolNode,
  issueKey,
  type NodeDescription,
  nodeUserName,
  revokeNodeKey,
  setNodeCertificate,
  standNode,
} from '@plenum/device';
import { plenumItself as actor, type Command } from '@plenum/event';
import { type MosquittoOptions, mosquittoWithRights } from '@plenum/local-mosquitto/testing';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { handleCommand, leases } from '@plenum/runtime';
import { memoryLeaseTable, memoryLog } from '@plenum/runtime/testing';
import type { Bridge } from '../bridge.ts';
import { bridgeSettings } from '../config.ts';
import { type KeepRightsParts, keepRights } from '../rights/keep-rights.ts';
import { runBridge } from '../run.ts';

/** What a node signs in with. */
export type BrokerKey = {
  readonly nodeId: string;
  readonly keyId: string;
  readonly userName: string;
  readonly key: string;
};

export type RightsSite = Awaited<ReturnType<typeof rightsSite>>;

export const rightsSite = async (t: TestContext, options: MosquittoOptions = {}) => {
  const broker = await mosquittoWithRights(t, options);
  const { pool, url } = await testDatabase(t);
  const foundation = { database: { pool, url, beside: () => 3 } };
  const codec = avroCodec(events);
  const log = memoryLog(topics);
  const logger = silentLogger;
  const leaseTable = memoryLeaseTable();
  const env = {
    ...{ MQTT_MODE: 'connect', MQTT_URL: broker.url, MQTT_USERNAME: 'plenum', MQTT_PASSWORD: 'of plenum' },
    ...{ MQTT_DYNSEC_USERNAME: broker.administrator.username, MQTT_DYNSEC_PASSWORD: broker.administrator.password },
  };
  const config = readConfig(bridgeSettings, env);
  const ends = new AsyncDisposableStack();
  t.after(() => ends.disposeAsync());
  /** As each process has one of its own. */
  const rights = async (timeoutMs = 5_000): Promise<AtBroker> => {
    const opened = await openAtBroker({ config, logger, timeoutMs });
    if (opened === undefined) return assert.fail('there are settings');
    ends.defer(opened.close);
    return opened.atBroker;
  };
  const openNodes = async () => {
    const nodes = await openAuthorizedNodes({ foundation, logger });
    ends.defer(nodes.close);
    return nodes;
  };
  const issuerNodes = await openNodes();
  const decisions = await openDecisions({ ...foundation, log, codec, masterKeys: undefined, logger });
  ends.defer(decisions.close);
  const operator = await rights();
  await operator.run(ownUser);

  const tools = {
    ...{ store: decisions.store, clock: { nowUs: () => Date.now() * 1000 } },
    random: { bytes16: () => randomBytes(16) },
  };
  const handle = (command: Command) => handleCommand(tools, command, { id: randomUUID(), actor });
  const decide = async (command: Command): Promise<void> => {
    const done = await handle(command);
    assert.equal(done.outcome, 'done', JSON.stringify(done));
  };
  const issue = (nodeId: string, atBroker: AtBroker) => {
    const provisioning = { atBroker, reads: issuerNodes.reads };
    const nodeKeys = { make: newNodeKey };
    return issueKey({ handle, nodeKeys, provisioning }, nodeId, { id: randomUUID(), actor });
  };
  return {
    ...{ broker, operator, rights, issue },
    /** A bridge that has the lease, or waits for it. */
    bridge: async () => {
      const atBroker = await rights();
      const nodes = await openNodes();
      const held = leases({ store: leaseTable.open(), newHolder: randomUUID, logger });
      const listening = Promise.withResolvers<Bridge>();
      const stopping = new AbortController();
      const ended = runBridge(
        { config, log, codec, logger, leases: held, nodes, atBroker, onListening: listening.resolve },
        stopping.signal,
      );
      ended.catch(listening.reject);
      const stop = (): Promise<void> => {
        stopping.abort();
        return ended;
      };
      ends.defer(stop);
      return { bridge: await listening.promise, stop };
    },
    /** The part of a bridge that keeps rights, by itself. */
    keeping: async (more: Partial<KeepRightsParts> = {}) => {
      const held = leases({ store: leaseTable.open(), newHolder: randomUUID, logger });
      const keeping = keepRights({
        ...{ atBroker: await rights(), nodes: await openNodes(), leases: held, logger },
        ...more,
      });
      ends.defer(keeping.close);
      return keeping;
    },
    enrol: (nodeId: string, sensors: readonly string[]) =>
      decide(enrolNode(nodeId, { actor, description: of(sensors) })),
    change: (nodeId: string, sensors: readonly string[]) =>
      decide(changeNode(nodeId, { actor, description: of(sensors) })),
    issueKey: async (nodeId: string): Promise<BrokerKey> => {
      const issued = await issue(nodeId, operator);
      if (issued.outcome !== 'done' || issued.made === undefined) return assert.fail(JSON.stringify(issued));
      const { key, keyId } = issued.made;
      return { nodeId, keyId, key, userName: nodeUserName(nodeId, keyId) };
    },
    revokeKey: ({ nodeId, keyId }: Pick<BrokerKey, 'nodeId' | 'keyId'>) =>
      decide(revokeNodeKey(nodeId, { actor, keyId, reason: 'revoked' })),
    setCertificate: async (nodeId: string, subject: string) => {
      const parts = { handle, provisioning: { atBroker: operator, reads: issuerNodes.reads } };
      const done = await assignCertificate(parts, { nodeId, subject }, { id: randomUUID(), actor });
      assert.equal(done.outcome, 'done', JSON.stringify(done));
    },
    removeCertificate: (nodeId: string) => decide(setNodeCertificate(nodeId, { actor, subject: undefined })),
    stand: (nodeId: string, how: 'disable' | 'enable' | 'remove') => decide(standNode(nodeId, { actor, do: how })),
    keysOf: async (nodeId: string): Promise<readonly string[]> => {
      const [node] = await issuerNodes.reads.nodes([nodeId]);
      return Object.keys(node?.keys ?? {});
    },
  };
};

const of = (sensors: readonly string[]): NodeDescription => ({
  location: { x: 1, y: 2, z: 3, zone: undefined },
  ...{ sensors, firmware_version: '1.0.0', capabilities: '{}' },
});

/** What Plenum's own user may do, as its operator says it: it reads what devices say, and publishes commands and registrations. */
export const ownRole = {
  rolename: 'plenum',
  acls: [
    { acltype: 'subscribePattern', topic: 'ceiling/#', allow: true, priority: 0 },
    { acltype: 'publishClientSend', topic: 'ceiling/commands/+', allow: true, priority: 0 },
    { acltype: 'publishClientSend', topic: 'ceiling/nodes/+/registration', allow: true, priority: 0 },
  ],
} as const;

export const ownUser: readonly BrokerCommand[] = [
  { command: 'createRole', ...ownRole },
  {
    ...{ command: 'createClient', username: 'plenum', password: 'of plenum', clientid: '', textname: 'Plenum' },
    ...{ roles: [{ rolename: 'plenum' }], groups: [] },
  },
];
