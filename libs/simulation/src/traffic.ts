/**
 * What the devices of a site publish, made up: registrations, then readings of nine sensors a node, and a status now
 * and then. Everything but the times comes from the seed, so two runs with one seed differ in their times only.
 */
import { type SensorType, sensorTypes } from '@plenum/ceiling';
import { bytesOf, malformations, type Readable, type Written } from './malformed.ts';
import { measuredValues, type SimulatedNode, simulatedNode, unitOf, writtenTime } from './node.ts';
import { below, type Numbers, seededNumbers } from './random.ts';
import { type Role, roles, type Shares } from './roles.ts';

export type TrafficPlan = {
  /** A whole number; its lowest 32 bits count. */
  readonly seed: number;
  readonly nodes: number;
  /** How many in all, copies and malformed ones included; `Infinity` for no end. */
  readonly messages: number;
  readonly shares: Shares;
};

export type SimulatedMessage = Written & {
  /** 1 for the first. */
  readonly n: number;
  /** Which node publishes it, from 0. */
  readonly node: number;
  readonly kind: 'registration' | 'status' | 'reading' | Exclude<Role, 'plain'>;
  readonly retain: boolean;
};

export type Traffic = {
  readonly nodes: readonly SimulatedNode[];
  /**
   * The next message, `undefined` after the last. `nowUs` is the time on the devices' clocks; times written are
   * never the same twice, even when the clock stands still between two calls.
   */
  next(nowUs: number): SimulatedMessage | undefined;
};

export const latenessUs = 10 * 60 * 1_000_000;

/** Every node takes its turn once a round. The first round is registrations; one in so many is status reports. */
const statusEveryRounds = 25;
/** How long before its sensor's last reading a reordered one was measured, at most. */
const reorderedUsMax = 2_000_000;

type LastReading = Written & { readonly sensor: number; readonly timeUs: number };

export const traffic = ({ seed, nodes: count, messages, shares }: TrafficPlan): Traffic => {
  const numbers = seededNumbers(seed);
  const nodes = Array.from({ length: count }, (_, index) => simulatedNode(numbers, index));
  const readings = readingsOf(nodes, numbers);
  // By then every node has registered and sent a reading, which can be sent again.
  const role = roles(seededNumbers(seed + 1), shares, { messages, eligible: (n) => n >= count * 2 });
  let n = 0;
  let clockUs = 0;

  const plain = (node: number, round: number, sensor: number): Omit<SimulatedMessage, 'n' | 'node'> => {
    const sender = nodes[node] as SimulatedNode; // `node` is a remainder of their number.
    const time = writtenTime(sender.timeStyle, clockUs);
    if (round === 0) return { ...registered(sender, time), kind: 'registration', retain: true };
    if (round % statusEveryRounds === 0) return { ...reported(sender, time, numbers), kind: 'status', retain: false };
    return { ...readings.send({ node, sensor, timeUs: clockUs, n }), kind: 'reading', retain: false };
  };

  return {
    nodes,
    next(nowUs) {
      const part = role.next();
      if (part.done === true) return undefined;
      clockUs = Math.max(nowUs, clockUs + 1);
      const node = n % count;
      const round = Math.floor(n / count);
      const sensor = (round - 1 - Math.floor(round / statusEveryRounds)) % sensorTypes.length;
      n += 1;
      if (part.value === 'plain') return { n, node, ...plain(node, round, sensor) };
      const written = readings.disturb(part.value, { node, sensor: Math.max(sensor, 0), timeUs: clockUs, n });
      return { n, node, ...written, kind: part.value, retain: false };
    },
  };
};

type Measured = { readonly node: number; readonly sensor: number; readonly timeUs: number; readonly n: number };

type Readings = {
  send(measured: Measured): Written;
  disturb(how: Exclude<Role, 'plain'>, measured: Measured): Written;
};

/** Readings of all sensors, with what it takes to send one again or to have it come late. */
const readingsOf = (nodes: readonly SimulatedNode[], numbers: Numbers): Readings => {
  const value = measuredValues(numbers, nodes.length);
  const last = new Map<number, LastReading>();
  let spoilt = 0;

  const readable = ({ node, sensor, timeUs, n }: Measured): Readable => {
    const { id, location, timeStyle } = nodes[node] as SimulatedNode; // `node` is a remainder of their number.
    const type = sensorTypes[sensor] as SensorType; // So is `sensor` of theirs.
    const sensorId = `${id}_${type}`;
    const fields = {
      sensor_id: sensorId,
      sensor_type: type,
      value: value(node, sensor),
      unit: unitOf(type),
      timestamp: writtenTime(timeStyle, timeUs),
      location,
      // The number makes any two messages of a run different bytes, and so different events.
      metadata: { simulated: true, n },
    };
    return { topic: `ceiling/sensors/${sensorId}/data`, fields };
  };
  const send = (measured: Measured): Written => {
    const { topic, fields } = readable(measured);
    const written = { topic, payload: bytesOf(fields) };
    last.set(measured.node, { ...written, ...measured });
    return written;
  };
  const lastOf = (node: number): LastReading => {
    const before = last.get(node);
    if (before === undefined) throw new Error(`node ${node} has sent no reading yet`); // `eligible` sees to it.
    return before;
  };
  const spoil = (measured: Measured): Written => {
    const malformation = malformations[spoilt % malformations.length];
    spoilt += 1;
    if (malformation === undefined) throw new Error('there is no way to spoil a message');
    return malformation.spoil(readable(measured));
  };

  return {
    send,
    disturb: (how, measured) => {
      switch (how) {
        case 'malformed':
          return spoil(measured);
        case 'late':
          return send({ ...measured, timeUs: measured.timeUs - latenessUs });
        case 'again': {
          const { topic, payload } = lastOf(measured.node);
          return { topic, payload };
        }
        case 'reordered': {
          const { sensor, timeUs } = lastOf(measured.node);
          return send({ ...measured, sensor, timeUs: timeUs - 1 - below(numbers, reorderedUsMax) });
        }
      }
    },
  };
};

const registered = (node: SimulatedNode, time: string): Written => ({
  topic: `ceiling/nodes/${node.id}/registration`,
  payload: bytesOf(registration(node, time)),
});

const reported = ({ id }: SimulatedNode, time: string, numbers: Numbers): Written => ({
  topic: `ceiling/nodes/${id}/status`,
  payload: bytesOf({ status: statusWord(numbers()), ...battery(numbers()), timestamp: time }),
});

const registration = ({ id, location, firmware }: SimulatedNode, time: string): object => ({
  node_id: id,
  location,
  sensors: sensorTypes,
  status: 'online',
  battery_level: 100,
  last_seen: time,
  firmware_version: firmware,
  capabilities: { wireless: true, battery_powered: true, poe_powered: false },
});

const statusWord = (chance: number): string => {
  if (chance < 0.94) return 'online';
  if (chance < 0.97) return 'maintenance';
  return chance < 0.99 ? 'offline' : 'error';
};

/** One status in three does not know its battery. */
const battery = (chance: number): object =>
  chance < 1 / 3 ? {} : { battery_level: Math.round((40 + chance * 60) * 10) / 10 };
