/** A year of commands, and everything that is made of it made again, with devices listening: nothing of it is sent. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rebuildInlineProjections } from '@plenum/assembly';
import { reactions, topics } from '@plenum/catalogue';
import { NodeResponded, type NodeRespondedData } from '@plenum/ceiling';
import {
  cancelCommand,
  commandsProjection,
  enrolNode,
  openCommandReads,
  requestCommand,
  requestGroupCommand,
  timeOutCommand,
} from '@plenum/device';
import { acknowledgeCommands, claimCommands } from '@plenum/device/testing';
import { type Event, plenumItself } from '@plenum/event';
import { listenTo, openDatabase, postgresCheckpointStore, postgresReadModelStore, query } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { consumerOfReaction, runProjection } from '@plenum/runtime';
import mqtt from 'mqtt';
import { answersIn } from '../../apps/reactor/src/answers.ts';
import { runCommandTimers } from '../../apps/reactor/src/command-timers.ts';
import { bridgeAt, decisionsAt } from '../examples/command-site.ts';

const nodeIds = ['node-1', 'node-2', 'node-3', 'node-4'];
const dayUs = 86_400_000_000;
const days = 365;
const timeout = 180_000;

it('a year of commands that is read, folded and rebuilt again sends nothing', { timeout }, async (t) => {
  const ends: (() => Promise<unknown>)[] = [];
  t.after(() => endAll(ends));
  const { url } = await testServer(t);
  const commands = await aYear(url);
  await forgetCheckpoints(url);

  const bridge = await bridgeAt(t, url, undefined);
  ends.push(bridge.killBridge);
  await bridge.startBridge();
  const { heard, connect } = await listeners(t, bridge.port);
  await connect();
  const life = await secondLife(url, ends);
  await life.answeredAgain();
  // Those that were open when everything stopped are timed out, and nothing else becomes of them.
  await life.noneOpen();
  assert.deepEqual(heard, []);

  const rebuilt = await life.rebuild();
  assert.ok(rebuilt > commands, `${rebuilt} events were folded`);
  await life.project(commands);
  await bridge.killBridge();
  await bridge.startBridge();
  await connect();
  assert.deepEqual(heard, []);

  // A node that listens would have heard.
  const fresh = await life.send();
  while (heard.length === 0) await sleep(5, undefined, { signal: t.signal });
  await life.delivered(fresh);
  assert.deepEqual(heard, [fresh]);
});

/** All of them, also when one fails. */
const endAll = async (ends: (() => Promise<unknown>)[]): Promise<void> => {
  await using stack = new AsyncDisposableStack();
  for (const end of ends.splice(0)) stack.defer(async () => void (await end()));
};

/** Decided and answered at its own time, relayed and read; @returns how many there are, of which some never ended. */
const aYear = async (url: string): Promise<number> => {
  const ends: (() => Promise<unknown>)[] = [];
  let nowUs = (Date.now() - 1000 * 86_400 * days) * 1000;
  const { decide, log, codec, happened } = await decisionsAt(url, ends, { nowUs: () => nowUs });
  for (const nodeId of nodeIds) {
    const location = { x: 1, y: 2, z: 3, zone: undefined };
    const description = { location, sensors: ['humidity'], firmware_version: '1.0.0', capabilities: '{}' };
    await decide(enrolNode(nodeId, { description, actor: plenumItself }));
  }
  const all: string[] = [];
  const answered: string[] = [];
  const request = (nodeId: string | undefined) => {
    const commandId = randomUUID();
    all.push(commandId);
    return {
      ...{ commandId, nodeId, target: nodeId ?? 'all', nodes: nodeId === undefined ? nodeIds : [], parent: undefined },
      ...{ command: 'calibrate', parameters: '{}', by: 'ana', answerWithinMs: 30_000 },
      expiresAtUs: nowUs + 60_000_000,
    };
  };
  for (let day = 0; day < days; day += 1) {
    nowUs += dayUs;
    const nodeId = nodeIds[day % nodeIds.length] ?? '';
    const [sent, unsent] = [request(nodeId), request(nodeId)];
    for (const one of [sent, unsent]) await decide(requestCommand({ ...one, nodeId }));
    await decide(claimCommands([{ commandId: sent.commandId, attempt: 1 }], { replica: 'long ago', nowUs }));
    if (day % 3 > 0) await decide(acknowledgeCommands([sent.commandId], nowUs));
    if (day % 50 === 0) await decide(requestGroupCommand(request(undefined)));
    if (day % 3 === 1) {
      await log.append([codec.encode(said(nodeId, sent.commandId, nowUs))]);
      answered.push(sent.commandId);
    } else if (day % 3 === 2) await decide(timeOutCommand(sent.commandId, nowUs + dayUs));
    if (day % 2 === 0) await decide(cancelCommand(unsent.commandId, plenumItself));
    else if (day % 5 > 0) await decide(timeOutCommand(unsent.commandId, nowUs + dayUs));
  }
  for (const id of answered) {
    while (!(await happened(id)).some(({ type }) => type.endsWith('.CommandSucceeded'))) await sleep(5);
  }
  await endAll(ends);
  return all.length;
};

const said = (node_id: string, command_id: string, atUs: number): Event<NodeRespondedData> => ({
  ...{ id: randomUUID(), type: NodeResponded.type, source: `ceiling/nodes/${node_id}/responses` },
  ...{ effectiveTimeUs: atUs, recordedTimeUs: atUs },
  data: {
    ...{ node_id, command_id, outcome: 'succeeded', detail: undefined, result: undefined, timestamp: undefined },
    ...{ device_time: undefined, message_id: undefined },
  },
});

const forgetCheckpoints = async (url: string): Promise<void> => {
  const { pool, close } = await databaseOf(url);
  const forgotten = await query<{ readonly consumer: string }>(
    pool,
    'delete from plenum.checkpoint where consumer = any($1) returning consumer',
    [reactions.map((reaction) => consumerOfReaction(reaction).name)],
  );
  await close();
  assert.ok(forgotten.length > 0);
};

const databaseOf = (url: string) => openDatabase({ url, applicationName: 'test', logger: silentLogger });

/** Devices, and one that listens to everything; each PUBLISH by the id of its command. */
const listeners = async (t: TestContext, port: number) => {
  const heard: string[] = [];
  let clients: mqtt.MqttClient[] = [];
  t.after(() => {
    for (const client of clients) client.end(true);
  });
  return {
    heard,
    connect: async (): Promise<void> => {
      for (const client of clients) client.end(true);
      clients = [];
      for (const clientId of nodeIds) {
        const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId, reconnectPeriod: 0 });
        client.on('message', (_, payload) => heard.push(JSON.parse(String(payload)).command_id));
        clients.push(client);
        await client.subscribeAsync(`ceiling/commands/${clientId}`, { qos: 1 });
      }
    },
  };
};

/** The reactor begins again with the log's first event. */
const secondLife = async (url: string, ends: (() => Promise<unknown>)[]) => {
  const { log, codec, database, decisions, issue, tables, decide, happened } = await decisionsAt(url, ends);
  const stop = new AbortController();
  const reads = openCommandReads(tables);
  const timing = runCommandTimers(
    {
      reads,
      answers: answersIn({ log, checkpoints: postgresCheckpointStore({ pool: database.pool }) }),
      issue,
      listen: (channel) => listenTo({ ...channel, pool: database.pool, logger: silentLogger }),
      logger: silentLogger,
      everyMs: 10,
    },
    stop.signal,
  );
  ends.push(async () => {
    stop.abort();
    await timing;
  });
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await sleep(20);
  };
  const count = async (sql: string): Promise<number> =>
    (await query<{ readonly count: number }>(database.pool, sql))[0]?.count ?? 0;
  return {
    answeredAgain: () =>
      until(async () => {
        for (const reaction of reactions) {
          const { name } = consumerOfReaction(reaction);
          for (const topic of reaction.topics) {
            const read = await query<{ readonly next: string }>(
              database.pool,
              'select coalesce(sum(next_offset), 0)::text as next from plenum.checkpoint where consumer = $1 and topic = $2',
              [name, topic],
            );
            const ends = (await log.positions(topic)).reduce((sum, { next }) => sum + next, 0n);
            if (BigInt(read[0]?.next ?? 0) < ends) return false;
          }
        }
        return true;
      }),
    noneOpen: () =>
      until(
        async () =>
          (await count(`select count(*)::int as count from plenum_device.open_command where state <> 'ended'`)) === 0,
      ),
    /** How many events were folded. */
    rebuild: async (): Promise<number> => {
      const sources = [log, decisions.store.source];
      const [...all] = await rebuildInlineProjections({ database, sources, codec, personal: undefined });
      return all.reduce((sum, { events }) => sum + events, 0);
    },
    project: async (commands: number): Promise<void> => {
      const store = postgresReadModelStore({ pool: database.pool, logger: silentLogger });
      const build = { ...commandsProjection, generation: 1 };
      const ending = new AbortController();
      const parts = { store, codec, log, topics, logger: silentLogger };
      const running = runProjection({ ...parts, projection: build }, ending.signal);
      const rows = `select count(*)::int as count from commands_v${commandsProjection.version}_g1.commands`;
      await until(async () => (await count(rows).catch(() => 0)) >= commands);
      ending.abort();
      await running;
    },
    send: async (): Promise<string> => {
      const commandId = randomUUID();
      const [nodeId = ''] = nodeIds;
      const asked = {
        commandId,
        nodeId,
        target: nodeId,
        nodes: [],
        parent: undefined,
        by: 'ana',
        command: 'calibrate',
      };
      const expiresAtUs = (Date.now() + 60_000) * 1000;
      await decide(requestCommand({ ...asked, parameters: '{}', answerWithinMs: 30_000, expiresAtUs }));
      return commandId;
    },
    delivered: (id: string) =>
      until(async () => (await happened(id)).some(({ type }) => type.endsWith('.CommandDelivered'))),
  };
};
