/**
 * Devices with sessions that are kept are at one bridge, which goes: killed, or stopped in order. All come to the other one, get the
 * commands that wait for them, and send again what was not acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededNumbers } from '@plenum/simulation';
import { judgeDeliveries } from '../sessions/judge-deliveries.ts';
import { type At, type Connection, type KeptClient, keptClient, type Sent } from '../sessions/kept-client.ts';
import { eventsByNumber } from '../sessions/sessions-verdict.ts';
import type { Site } from '../site/site.ts';

export type Move = {
  readonly how: 'killed' | 'stopped';
  readonly devices: number;
  /** Commands that waited, and readings that were on their way. */
  readonly commands: number;
  readonly readings: number;
  /** From the end of the bridge on: until all devices are back, and until all commands have come and all readings are acknowledged. */
  readonly backSeconds: number;
  readonly doneSeconds: number;
  readonly problems: readonly string[];
};

export type Fleet = {
  /** Half of them by MQTT 3.1.1; half of them with QoS 2. */
  readonly devices: readonly KeptClient[];
  readonly commander: KeptClient;
  /** Messages so far. */
  n: number;
};

const patienceMs = 60_000;
const atOnce = 100;

export const newFleet = (count: number): Fleet => {
  const numbers = seededNumbers(1);
  const clientOf = (clientId: string, level: 4 | 5, qos?: 1 | 2): KeptClient => {
    const filters = qos === undefined ? [] : [{ filter: topicOf(clientId), qos }];
    return Object.assign(keptClient({ clientId, level, filters, numbers }), { calm: true });
  };
  return {
    devices: Array.from({ length: count }, (_, index) =>
      clientOf(`mover-${index + 1}`, index % 2 === 0 ? 4 : 5, index % 4 < 2 ? 1 : 2),
    ),
    commander: clientOf('commander', 5),
    n: 0,
  };
};

const topicOf = (clientId: string): string => `ceiling/commands/${clientId}`;

/** Ends the bridge `from`; the other one, and the one that is started again, go on. */
export const move = async (
  site: Site,
  fleet: Fleet,
  [from, to]: readonly [At, At],
  how: Move['how'],
): Promise<Move> => {
  const { devices, commander } = fleet;
  const firstN = fleet.n + 1;
  const connections = await connectAll(devices, from);
  await until(() => devices.every(({ subscribedMs }) => subscribedMs !== undefined));
  // Half of them are away; to the others the commands are on their way, and they do not say that they have them.
  for (const [index, device] of devices.entries()) {
    device.mute = true;
    if (index % 3 === 0) connections[index]?.leave();
  }
  const commanding = await connected(commander, from);
  await publishAll(fleet, commanding);
  commanding.leave();
  let readings = 0;
  for (const index of devices.keys()) {
    if (index % 3 === 0) continue;
    const n = (fleet.n += 1);
    const payload = `{"command":"measured","parameters":{"n":${n}}}`;
    connections[index]?.publish({ n, topic: topicOf('all'), payload, qos: 2, retain: false });
    readings += 1;
  }
  const bridge = site.bridges.find(({ name }) => name === from.name);
  const startMs = performance.now();
  if (how === 'killed') bridge?.kill();
  else bridge?.restart();
  await Promise.all(connections.map((connection) => connection.closed));
  for (const device of devices) device.mute = false;
  const back = await connectAll(devices, to);
  const backMs = performance.now() - startMs;
  const commands = [...commander.sent.values()].filter(({ message }) => message.n >= firstN);
  const judged = () => judgeDeliveries(commands, devices, () => true);
  await until(() => devices.every(({ state }) => state.unacknowledged.size === 0) && judged().missing.length === 0);
  const doneMs = performance.now() - startMs;
  const { missing, twice } = judged();
  const problems = [
    ...devices.flatMap(({ clientId, problems: own }) => own.splice(0).map((problem) => `${clientId}: ${problem}`)),
    ...missing.map(({ what }) => `missing: ${what}`),
    ...twice.map((one) => `twice: ${one}`),
    ...(await wrongReadings(site, devices, firstN)),
  ];
  for (const connection of back) connection.leave();
  return {
    ...{ how, devices: devices.length, commands: commands.length, readings, problems },
    ...{ backSeconds: inSeconds(backMs), doneSeconds: inSeconds(doneMs) },
  };
};

const inSeconds = (ms: number): number => Math.round(ms / 10) / 100;

/** Two for each device, and waits until all are acknowledged. */
const publishAll = async (fleet: Fleet, connection: Connection): Promise<void> => {
  const { devices, commander } = fleet;
  for (const { clientId } of devices) {
    for (const qos of [1, 2] as const) {
      const n = (fleet.n += 1);
      const payload = `{"command":"calibrate","parameters":{"n":${n}}}`;
      connection.publish({ n, topic: topicOf(clientId), payload, qos, retain: false });
    }
    await until(() => commander.state.unacknowledged.size < atOnce);
  }
  await until(() => commander.state.unacknowledged.size === 0);
};

const wrongReadings = async (
  site: Site,
  devices: readonly KeptClient[],
  firstN: number,
): Promise<readonly string[]> => {
  const events = await eventsByNumber(site);
  const wrong = ({ message: { n }, acknowledgedMs, attempts }: Sent): readonly string[] => {
    const count = events.get(n)?.size ?? 0;
    if (acknowledgedMs !== undefined && count === 1) return [];
    const said = acknowledgedMs === undefined ? 'not acknowledged' : 'acknowledged';
    return [`message ${n}, sent ${attempts.length} times, is ${said} and ${count} events`];
  };
  return devices.flatMap(({ sent }) => [...sent.values()].filter(({ message }) => message.n >= firstN).flatMap(wrong));
};

const connectAll = async (devices: readonly KeptClient[], at: At): Promise<readonly Connection[]> => {
  const all: Connection[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < devices.length; index = next++) {
      const device = devices[index];
      if (device !== undefined) all[index] = await connected(device, at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return all;
};

/** @throws when it is not let in for long. */
const connected = async (client: KeptClient, at: At): Promise<Connection> => {
  for (const startMs = performance.now(); performance.now() - startMs < patienceMs; await sleep(50)) {
    const connection = await client.connect(at);
    if (connection !== undefined) return connection;
  }
  throw new Error(`${client.clientId} is not let in at ${at.name}`);
};

/** What does not come is seen afterwards. */
const until = async (isSo: () => boolean): Promise<void> => {
  for (const startMs = performance.now(); !isSo() && performance.now() - startMs < patienceMs; ) await sleep(20);
};
