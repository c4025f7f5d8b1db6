/** What every client library has to come through with a server that keeps its promises. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type FaultProxy, faultProxy } from '@plenum/fault-proxy/testing';
import { type Level, type RunningClient, startClient } from './client-program.ts';
import { type Command, startOperator } from './operator.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { startServer } from './start-server.ts';

export type Trial = {
  /** Starts the client program. */
  readonly command: readonly string[];
  /** A client of each. */
  readonly levels: readonly Level[];
};

/**
 * Clients publish and get commands, and the server is killed in the middle; then the clients are cut off, and the server is killed
 * while commands wait for them; and in the end programs start anew with the sessions of those before. What the library says is
 * acknowledged has to be in the log, and every command that was acknowledged has to come. Commands of QoS 2 have to be one event and
 * to come once.
 */
export const loseNothing = async (t: TestContext, { command, levels }: Trial): Promise<void> => {
  const server = await startServer(t);
  const wire = await wireTo(t, server);
  const operator = await startOperator(t, (await wireTo(t, server)).port);
  const clients = levels.map((level) =>
    startTrialled(t, { command, level, port: wire.port, readings: server.readings }),
  );
  const publish = async (when: string): Promise<void> => {
    await operator.publish(clients.flatMap((client) => client.newCommands(when)));
  };
  const restart = async (): Promise<void> => {
    await server.kill();
    for (const client of clients) client.isInTheMiddle();
    await server.start();
  };

  await Promise.all(clients.map((client) => client.subscribed()));
  await publish('there');
  await Promise.all(clients.map((client) => client.acknowledged(1 / 4)));
  const whileKilled = publish('while killed');
  await restart();
  await Promise.all(clients.map((client) => client.acknowledged(1 / 2)));

  wire.cut();
  await whileKilled;
  await publish('away');
  await restart();
  wire.mend();
  await Promise.all(clients.map((client) => client.gotEverything()));
  await publish('last'); // What would come twice has come before these.
  await Promise.all(clients.map((client) => client.gotEverything()));
  await Promise.all(clients.map((client) => client.finish()));
  await publish('gone');
  await Promise.all(clients.map((client) => client.comeBack()));

  const kept = await server.kept();
  const known = new Set(clients.flatMap((client) => client.names()));
  const unknown = [...kept.keys()].filter((name) => !known.has(name));
  assert.deepEqual(unknown, []);
  for (const client of clients) client.judge(kept);
};

const wireTo = async (t: TestContext, server: ServerUnderTest): Promise<FaultProxy> => {
  const wire = await faultProxy({ to: () => ({ port: server.port() }) });
  t.after(() => wire.close());
  return wire;
};

type Started = {
  readonly command: readonly string[];
  readonly level: Level;
  readonly port: number;
  readonly readings: number;
};

const startTrialled = (t: TestContext, { command, level, port, readings }: Started) => {
  const clientId = `client-${level}`;
  const topic = `ceiling/commands/${clientId}`;
  const eventIds = randomUUID().slice(0, 24);
  const commands: Command[] = [];
  const task = {
    ...{ port, clientId, level, commandsTopic: topic, readingsTopic: `ceiling/sensors/${clientId}_humidity/data` },
    ...{ reading: readingOf(eventIds), readings },
  };
  const client = startClient(t, command, task, 'new');
  const acknowledged = (share: number): Promise<void> =>
    client.until(`${share} is acknowledged`, () => client.acknowledged().size >= share * readings);
  const published = Array.from({ length: readings }, (_, n) => `${eventIds}${String(n + 1).padStart(12, '0')}`);
  const names = (): readonly string[] => [...published, ...commands.map(({ name }) => name)];
  return {
    finish: client.finish,
    acknowledged,
    subscribed: () => client.until('it is subscribed', client.isSubscribed),
    newCommands: (when: string): readonly Command[] => {
      const made = commandsOf(topic, `${clientId} ${when}`);
      commands.push(...made);
      return made;
    },
    isInTheMiddle: () => {
      assert.ok(client.acknowledged().size < readings, 'all was over before the server was killed');
    },
    gotEverything: async (): Promise<void> => {
      await acknowledged(1);
      await client.until('all commands have come', () => commands.every(({ name }) => client.commands().has(name)));
    },
    comeBack: async (): Promise<void> => {
      const missed = commands.filter(({ name }) => !client.commands().has(name));
      const again = startClient(t, command, { ...task, readings: 0 }, 'kept');
      await again.until('what it missed has come', () => missed.every(({ name }) => again.commands().has(name)));
      await again.finish();
      judgeCommands(again, missed);
    },
    names,
    judge: (kept: ReadonlyMap<string, number>): void => {
      assert.ok(client.connections() >= 3, `it connected ${client.connections()} times`);
      judgeCommands(client, commands.slice(0, -commandsAtOnce));
      const lost = names().filter((name) => !kept.has(name));
      const twice = commands.filter(({ name, qos }) => qos === 2 && (kept.get(name) ?? 0) > 1);
      assert.deepEqual({ level, lost, twice }, { level, lost: [], twice: [] });
    },
  };
};

const judgeCommands = (client: RunningClient, commands: readonly Command[]): void => {
  const twice = commands.filter(({ name, qos }) => qos === 2 && client.commands().get(name) !== 1);
  assert.deepEqual(twice, []);
};

const commandsAtOnce = 10;

/** With both qualities of service. */
const commandsOf = (topic: string, prefix: string): readonly Command[] =>
  Array.from({ length: commandsAtOnce }, (_, n) => {
    return { topic, name: `${prefix} ${n}`, qos: n % 2 === 0 ? 1 : 2 };
  });

const readingOf = (eventIds: string): string =>
  JSON.stringify({
    ...{ event_id: `${eventIds}{n}`, sensor_type: 'humidity', value: 47.25, unit: '%' },
    ...{ timestamp: '2026-03-04T09:15:02.118204', location: { x: 1, y: 2, z: 3 } },
  });
