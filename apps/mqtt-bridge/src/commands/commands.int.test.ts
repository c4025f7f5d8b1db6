/** Commands on their way: decided in a real database, sent by a bridge to devices of mqtt.js, answered over the log. */
import assert from 'node:assert/strict';
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  assemblySettings,
  openCodec,
  openCommandWork,
  openDecisions,
  openFoundation,
  openSessions,
} from '@plenum/assembly';
import { reactions, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { nodeKeyHash } from '@plenum/credentials';
import {
  cancelCommand,
  childId,
  commandStream,
  enrolNode,
  issueNodeKey,
  requestCommand,
  requestGroupCommand,
  timeOutCommand,
} from '@plenum/device';
import { type Command, type NotDone, plenumItself, type Receipt } from '@plenum/event';
import { postgresCheckpointStore, query } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { quarantineTopic } from '@plenum/quarantine';
import { handleCommand, runReaction } from '@plenum/runtime';
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Bridge } from '../bridge.ts';
import { bridgeSettings } from '../config.ts';
import { runBridge } from '../run.ts';

it('are delivered by the PUBACK, and succeed by the answer of the node', async (t) => {
  const site = await started(t);
  await site.enrol('node-1');
  const node = await site.node('node-1');
  const id = await site.send('node-1');
  const { topic, payload, properties } = await node.next();
  const said = JSON.parse(String(payload));
  assert.equal(topic, 'ceiling/commands/node-1');
  assert.deepEqual(Object.keys(said), ['command', 'parameters', 'timestamp', 'command_id', 'expires_at']);
  assert.deepEqual([said.command, said.parameters, said.command_id], ['calibrate', { offset: -0.3 }, id]);
  assert.equal(properties?.responseTopic, 'ceiling/nodes/node-1/responses');
  assert.equal(String(properties?.correlationData), id);
  await site.reaches(id, 'CommandDelivered');
  await node.answer({ command_id: id, outcome: 'executing' });
  await site.reaches(id, 'CommandExecuting');
  await node.answer({ command_id: id, outcome: 'succeeded', result: { offset: 0 } });
  await site.reaches(id, 'CommandSucceeded');
  const types = await site.types(id);
  assert.deepEqual(types, [
    ...['CommandRequested', 'CommandAccepted', 'CommandSent', 'CommandDelivered'],
    ...['CommandExecuting', 'CommandSucceeded'],
  ]);
});

it('wait for a node that sleeps, and come in their order', async (t) => {
  const site = await started(t);
  await site.enrol('node-1');
  const ids = [await site.send('node-1'), await site.send('node-1'), await site.send('node-1')];
  const [, second = ''] = ids;
  assert.equal((await site.decide(cancelCommand(second, plenumItself))).outcome, 'done');
  const node = await site.node('node-1');
  const got = [await node.next(), await node.next()].map(({ payload }) => JSON.parse(String(payload)).command_id);
  assert.deepEqual(got, [ids[0], ids[2]]);
  await site.reaches(ids[2] ?? '', 'CommandDelivered');
  const late = await site.decide(cancelCommand(ids[0] ?? '', plenumItself));
  assert.equal(late.outcome === 'refused' && late.code, 'not-now');
  assert.equal((await site.types(second)).at(-1), 'CommandCancelled');
});

it('are sent again to a node that went before it acknowledged', async (t) => {
  const site = await started(t);
  await site.enrol('node-1');
  const silent = await site.node('node-1', { acknowledges: false });
  const id = await site.send('node-1');
  await silent.next();
  silent.kill();
  const node = await site.node('node-1');
  assert.equal(JSON.parse(String((await node.next()).payload)).command_id, id);
  await site.reaches(id, 'CommandDelivered');
  assert.equal((await site.types(id)).filter((type) => type === 'CommandSent').length, 2);
});

it('of a node that signs in are for it alone, though others listen', async (t) => {
  const site = await started(t);
  await site.enrol('node-1');
  const other = await site.node('observer', { acknowledges: true, filter: 'ceiling/commands/+' });
  const open = await site.send('node-1');
  assert.equal(JSON.parse(String((await other.next()).payload)).command_id, open, 'of one without a key');
  const issued = issueNodeKey('node-1', { keyId: 'k1', keyHash: nodeKeyHash('secret'), actor: plenumItself });
  assert.equal((await site.decide(issued)).outcome, 'done');
  const id = await site.send('node-1');
  const again = await site.node('observer-2', { acknowledges: true, filter: 'ceiling/commands/+' });
  const node = await site.node('node-1');
  assert.equal(JSON.parse(String((await node.next()).payload)).command_id, id);
  await site.reaches(id, 'CommandDelivered');
  assert.deepEqual([other.waiting(), again.waiting()], [0, 0]);
  assert.equal((await site.types(id)).filter((type) => type === 'CommandSent').length, 1);
});

it('for several nodes have one for each of them', async (t) => {
  const site = await started(t);
  const nodeIds = ['node-1', 'node-2', 'node-3'];
  for (const nodeId of nodeIds) await site.enrol(nodeId);
  const nodes = await Promise.all(nodeIds.map((nodeId) => site.node(nodeId)));
  const parent = randomUUID();
  const asked = { ...request(parent), nodeId: undefined, target: 'all', nodes: nodeIds };
  assert.equal((await site.decide(requestGroupCommand(asked))).outcome, 'done');
  for (const [index, node] of nodes.entries()) {
    const { command_id } = JSON.parse(String((await node.next()).payload));
    assert.equal(
      command_id,
      childId((bytes) => hash('sha1', bytes), parent, nodeIds[index] ?? ''),
    );
    await site.reaches(command_id, 'CommandDelivered');
  }
  await site.reaches(parent, 'CommandAccepted');
});

it('that were answered wrongly stay as they are, and the answer goes into quarantine', async (t) => {
  const site = await started(t);
  await site.enrol('node-1');
  await site.enrol('node-2');
  const node = await site.node('node-1');
  const other = await site.node('node-2');
  const id = await site.send('node-1');
  await node.next();
  await site.reaches(id, 'CommandDelivered');
  await other.answer({ command_id: id, outcome: 'succeeded' });
  await other.answer({ command_id: randomUUID(), outcome: 'succeeded' });
  await node.answer({ command_id: id, outcome: 'failed', detail: 'stuck' });
  await site.reaches(id, 'CommandFailed');
  await node.answer({ command_id: id, outcome: 'succeeded' });
  const reasons = await site.quarantined(3);
  assert.deepEqual(reasons.toSorted(), ['answer-forbidden', 'answer-not-found', 'answer-not-now']);
  assert.equal((await site.types(id)).at(-1), 'CommandFailed');
});

it('are timed out by what they had come to', async (t) => {
  const site = await started(t);
  await site.enrol('node-1');
  const id = await site.send('node-1', { expiresAtUs: Date.now() * 1000 + 300_000 });
  const later = (Date.now() + 60_000) * 1000;
  assert.equal((await site.decide(timeOutCommand(id, later))).outcome, 'done');
  assert.equal((await site.types(id)).at(-1), 'CommandExpired');
});

const request = (commandId: string) => ({
  ...{ commandId, nodeId: 'node-1', target: 'node-1', nodes: [] as readonly string[], parent: undefined, by: 'ana' },
  ...{ command: 'calibrate', parameters: '{"offset":-0.3}', answerWithinMs: 30_000 },
  expiresAtUs: (Date.now() + 60_000) * 1000,
});

type Site = {
  enrol(nodeId: string): Promise<void>;
  decide(command: Command): Promise<Receipt | NotDone>;
  /** The id of a new command. */
  send(nodeId: string, more?: { readonly expiresAtUs: number }): Promise<string>;
  /** A client of this id, with the commands of the node of this id unless a filter says more. */
  node(clientId: string, how?: How): Promise<Node>;
  types(commandId: string): Promise<readonly string[]>;
  /** Settles when this has happened to it. */
  reaches(commandId: string, type: string): Promise<void>;
  /** Settles with the codes when there are so many. */
  quarantined(count: number): Promise<readonly string[]>;
};

type How = { readonly acknowledges: boolean; readonly filter?: string };

type Node = {
  next(): Promise<IPublishPacket>;
  /** Messages that have come and were not taken. */
  waiting(): number;
  answer(said: object): Promise<void>;
  kill(): void;
};

const clock = { nowUs: () => Date.now() * 1000 };
const random = { bytes16: () => randomBytes(16) };

const started = async (t: TestContext): Promise<Site> => {
  const ends: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  }); // Before the server's, which is stopped after all that uses it.
  const { url } = await testServer(t);
  const config = readConfig(
    { ...assemblySettings, ...bridgeSettings },
    { DATABASE_URL: url, MQTT_PORT: '0', MQTT_WS_PORT: '0' },
  );
  const stop = new AbortController();
  const logger = silentLogger;
  const settings = { config, logger, stop: stop.signal };
  const codec = await openCodec(settings);
  const foundation = await openFoundation({ ...settings, applicationName: 'test', connectionsMax: 12 });
  const { log, database } = foundation;
  const decisions = await openDecisions({ database, log, codec, masterKeys: undefined, logger });
  const commands = await openCommandWork({ foundation, codec, logger });
  const sessions = await openSessions({ foundation, logger });
  const { store, personal } = decisions;
  const { promise: listening, resolve: onListening } = Promise.withResolvers<Bridge>();
  const quarantined: string[] = [];
  const watched = {
    ...log,
    append: async (...[records]: Parameters<typeof log.append>) => {
      const done = await log.append(records);
      for (const { topic, value } of records) {
        if (topic === quarantineTopic.name)
          quarantined.push(String(Buffer.from(value)).match(/answer-[a-z-]+/)?.[0] ?? 'other');
      }
      return done;
    },
  };
  const tables = <R>(text: string, parameters: readonly unknown[] = []) =>
    query<R & object>(database.pool, text, parameters);
  const issue = commands.issue;
  const checkpoints = postgresCheckpointStore({ pool: database.pool });
  const running = [
    decisions.relay(stop.signal),
    runBridge({ config, log, codec, logger, onListening, commands, sessions: sessions.store }, stop.signal),
    ...reactions.map((reaction) =>
      runReaction({ reaction, issue, log: watched, checkpoints, tables, codec, topics, logger }, stop.signal),
    ),
  ];
  const clients: MqttClient[] = [];
  ends.push(
    ...[foundation.close, decisions.close, commands.close, sessions.close, () => Promise.allSettled(running)],
    async () => {
      for (const client of clients) client.end(true);
      stop.abort();
    },
  );
  const { tcp } = await Promise.race([listening, Promise.all(running).then(() => assert.fail('a part ended'))]);
  const decide = (command: Command): Promise<Receipt | NotDone> =>
    handleCommand({ store, personal, clock, random }, command, { id: randomUUID(), actor: plenumItself });
  const types = async (commandId: string): Promise<readonly string[]> => {
    const { events } = await store.load(commandStream(commandId));
    return events.map(({ type }) => type.split('.').find((part) => part.startsWith('Command')) ?? type);
  };
  return {
    enrol: async (nodeId) => {
      const location = { x: 1, y: 2, z: 3, zone: undefined };
      const description = { location, sensors: ['humidity'], firmware_version: '1.0.0', capabilities: '{}' };
      const done = await decide(enrolNode(nodeId, { description, actor: plenumItself }));
      assert.equal(done.outcome, 'done');
    },
    decide,
    send: async (nodeId, more) => {
      const id = randomUUID();
      const done = await decide(requestCommand({ ...request(id), nodeId, target: nodeId, ...more }));
      assert.equal(done.outcome, 'done');
      return id;
    },
    node: async (nodeId, how) => {
      const one = await connected(tcp?.port ?? 0, nodeId, how);
      clients.push(one.client);
      return one;
    },
    types,
    reaches: async (commandId, type) => {
      while (!(await types(commandId)).includes(type)) await sleep(5, undefined, { signal: t.signal });
    },
    quarantined: async (count) => {
      while (quarantined.length < count) await sleep(5, undefined, { signal: t.signal });
      return quarantined;
    },
  };
};

const connected = async (port: number, nodeId: string, { acknowledges, filter }: How = { acknowledges: true }) => {
  const client = await connectAsync({
    ...{ host: '127.0.0.1', port, clientId: nodeId, protocolVersion: 5, clean: true, reconnectPeriod: 0 },
  });
  const arrived: IPublishPacket[] = [];
  const waiting: ((packet: IPublishPacket) => void)[] = [];
  client.handleMessage = (packet, done) => {
    const take = waiting.shift();
    if (take === undefined) arrived.push(packet);
    else take(packet);
    if (acknowledges) done();
  };
  await client.subscribeAsync(filter ?? `ceiling/commands/${nodeId}`, { qos: 1 });
  return {
    client,
    waiting: () => arrived.length,
    next: (): Promise<IPublishPacket> => {
      const [first] = arrived.splice(0, 1);
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    answer: async (said: object): Promise<void> => {
      await client.publishAsync(`ceiling/nodes/${nodeId}/responses`, JSON.stringify(said), { qos: 1 });
    },
    kill: () => client.stream.destroy(),
  };
};
