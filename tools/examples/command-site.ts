/** A bridge as a process of its own, over a PostgreSQL in which a test decides commands and sees what becomes of them. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assemblySettings, openCodec, openCommandWork, openDecisions, openFoundation } from '@plenum/assembly';
import { reactions, topics } from '@plenum/catalogue';
import { commandsSeenTopic, readingsTopic } from '@plenum/ceiling';
import { readConfig } from '@plenum/config';
import { commandStream, enrolNode, requestCommand, timeOutCommand } from '@plenum/device';
import { type Command, plenumItself } from '@plenum/event';
import { postgresCheckpointStore, query } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { quarantineTopic } from '@plenum/quarantine';
import { type Clock, freePort, handleCommand, runReaction } from '@plenum/runtime';
import { type StartedProgram, startProgram } from '@plenum/runtime/testing';
import { launched } from '../launched.ts';

const main = path.resolve(import.meta.dirname, '../../apps/mqtt-bridge/src/main.ts');

export type CommandSite = {
  /** Where it listens, or will. */
  readonly port: number;
  startBridge(): Promise<void>;
  killBridge(): Promise<void>;
  /** The id of a new command to `node-1`, which is enrolled. */
  send(command: string, parameters?: object, expiresInMs?: number): Promise<string>;
  /** As if so much time had gone. */
  timeOut(commandId: string, laterMs: number): Promise<void>;
  /** What has happened to a command, without `Command`: `Requested`, `Accepted`, … */
  types(commandId: string): Promise<readonly string[]>;
  /** What says that a command was delivered. */
  evidence(commandId: string): Promise<'acknowledgement' | 'answer' | undefined>;
  /** Settles when this has happened to it so often. */
  reaches(commandId: string, type: string, times?: number): Promise<void>;
  /** The values of all readings, in the order of the log, when there are so many. */
  readings(count: number): Promise<readonly number[]>;
  /** The commands that somebody else published, when there are so many. */
  seen(count: number): Promise<readonly string[]>;
  /** The reasons of what is in quarantine, in order of the alphabet, when there are so many. */
  quarantined(count: number): Promise<readonly string[]>;
};

type Ends = (() => Promise<unknown>)[];

/** The bridge listens unless `brokerPort` says where a broker does. It is started, and all of it is gone after the test. */
export const commandSite = async (
  t: TestContext,
  { brokerPort }: { readonly brokerPort?: number } = {},
): Promise<CommandSite> => {
  const ends: Ends = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  }); // Before the server's, which is stopped after all that uses it.
  const { url } = await testServer(t);
  const { decide, happened, said } = await decisionsAt(url, ends);
  const location = { x: 1, y: 2, z: 3, zone: undefined };
  const description = { location, sensors: ['temperature'], firmware_version: '1.0.0', capabilities: '{}' };
  await decide(enrolNode('node-1', { description, actor: plenumItself }));
  const bridge = await bridgeAt(t, url, brokerPort);
  ends.push(bridge.killBridge);
  await bridge.startBridge();
  const types = async (commandId: string): Promise<readonly string[]> =>
    (await happened(commandId)).map(({ type }) => /\.Command([A-Z][A-Za-z]+)/.exec(type)?.[1] ?? type);
  const atLeast = async (count: number, topic: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    for (;;) {
      const values = await said(topic);
      if (values.length >= count) return values as readonly Readonly<Record<string, unknown>>[]; // Events are records.
      await sleep(20, undefined, { signal: t.signal });
    }
  };
  return {
    ...{ ...bridge, types },
    send: async (command, parameters = {}, expiresInMs = 60_000) => {
      const commandId = randomUUID();
      await decide(
        requestCommand({
          ...{ commandId, nodeId: 'node-1', target: 'node-1', nodes: [], parent: undefined, by: 'ana', command },
          ...{ parameters: JSON.stringify(parameters), answerWithinMs: 30_000 },
          expiresAtUs: (Date.now() + expiresInMs) * 1000,
        }),
      );
      return commandId;
    },
    timeOut: (commandId, laterMs) => decide(timeOutCommand(commandId, (Date.now() + laterMs) * 1000)),
    evidence: async (commandId) => {
      const { data } = (await happened(commandId)).find(({ type }) => type.endsWith('.CommandDelivered')) ?? {};
      return (data as { readonly evidence?: 'acknowledgement' | 'answer' } | undefined)?.evidence; // Its schema says so.
    },
    reaches: async (commandId, type, times = 1) => {
      while ((await types(commandId)).filter((each) => each === type).length < times) {
        await sleep(5, undefined, { signal: t.signal });
      }
    },
    readings: async (count) => (await atLeast(count, readingsTopic.name)).map(({ value }) => Number(value)),
    seen: async (count) => (await atLeast(count, commandsSeenTopic.name)).map(({ command }) => String(command)),
    quarantined: async (count) =>
      (await atLeast(count, quarantineTopic.name)).map(({ code }) => String(code)).toSorted(),
  };
};

/** Decides in this process, as the API and the reactor do in theirs; at the time of the wall clock unless another is given. */
export const decisionsAt = async (url: string, ends: Ends, clock: Clock = wallClock) => {
  const stop = new AbortController();
  const logger = silentLogger;
  const settings = { config: readConfig(assemblySettings, { DATABASE_URL: url }), logger, stop: stop.signal };
  const codec = await openCodec(settings);
  const foundation = await openFoundation({ ...settings, applicationName: 'test', connectionsMax: 12 });
  const { log, database } = foundation;
  const decisions = await openDecisions({ database, log, codec, masterKeys: undefined, logger });
  const { store, personal, relay } = decisions;
  const { issue, close } = await openCommandWork({ foundation, codec, logger });
  const checkpoints = postgresCheckpointStore({ pool: database.pool });
  const tables = <R>(text: string, parameters: readonly unknown[] = []) =>
    query<R & object>(database.pool, text, parameters);
  const running = [
    relay(stop.signal),
    ...reactions.map((reaction) =>
      runReaction({ reaction, issue, log, checkpoints, tables, codec, topics, logger }, stop.signal),
    ),
  ];
  ends.push(...[foundation.close, decisions.close, close, () => Promise.allSettled(running)], async () => stop.abort());
  const random = { bytes16: () => randomBytes(16) };
  return {
    ...{ log, codec, database, decisions, issue, tables },
    decide: async (command: Command): Promise<void> => {
      const decided = { id: randomUUID(), actor: plenumItself };
      const { outcome } = await handleCommand({ store, personal, clock, random }, command, decided);
      assert.equal(outcome, 'done');
    },
    happened: async (commandId: string) => (await store.load(commandStream(commandId))).events,
    /** What the events of a topic say, in the order of the log. */
    said: async (topic: string): Promise<readonly unknown[]> => {
      const data = new Map<string, unknown>();
      for (const { partition, first: from, next: to } of await log.positions(topic)) {
        for await (const { records } of log.read({ topic, partition, from, to })) {
          for (const record of records) {
            const decoded = codec.decode(record);
            assert.ok(decoded.outcome === 'event');
            data.set(decoded.event.id, decoded.event.data); // One that came twice is one event.
          }
        }
      }
      return [...data.values()];
    },
  };
};

const wallClock: Clock = { nowUs: () => Date.now() * 1000 };

export const bridgeAt = async (t: TestContext, url: string, brokerPort: number | undefined) => {
  const port = brokerPort ?? (await freePort());
  const env = {
    ...{ ...launched(), DATABASE_URL: url, MQTT_WS_PORT: '0', BRIDGE_PROBES_PORT: '0' },
    ...(brokerPort === undefined
      ? { MQTT_PORT: String(port) }
      : { MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${port}` }),
  };
  let bridge: StartedProgram | undefined;
  return {
    port,
    startBridge: async (): Promise<void> => {
      bridge = startProgram(t, { words: [main], env });
      if (brokerPort === undefined) await bridge.logged('the bridge takes MQTT connections');
      else await bridge.until((stdout) => /"state":"open"/.exec(stdout)?.[0]);
    },
    killBridge: async (): Promise<void> => {
      bridge?.process.kill('SIGKILL');
      await bridge?.exited;
    },
  };
};
