/**
 * What the devices of a site publish, made up: registrations, then readings of nine sensors a node, and a status now
 * and then. Everything but the times comes from the seed, so two runs with one seed differ in their times only.
 */
import { type SensorType, sensorTypes } from '@plenum/ceiling';
import { malformations, type Written } from './malformed.ts';
import { measuredValues, type SimulatedNode, simulatedNode, unitOf, writtenTime } from './node.ts';
import { below, seededNumbers } from './random.ts';
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

const encoder = new TextEncoder();

type LastReading = Written & { readonly sensor: number; readonly timeUs: number };

export const traffic = ({ seed, nodes: count, messages, shares }: TrafficPlan): Traffic => {
  const numbers = seededNumbers(seed);
  const nodes = Array.from({ length: count }, (_, index) => simulatedNode(numbers, index));
  const value = measuredValues(numbers, count);
  // By then every node has registered and sent a reading, which can be sent again.
  const role = roles(seededNumbers(seed + 1), shares, { messages, eligible: (n) => n >= count * 2 });
  const last = new Map<number, LastReading>();
  let n = 0;
  let clockUs = 0;
  let spoilt = 0;

  const reading = (
    node: number,
    sensor: number,
    timeUs: number,
  ): { topic: string; fields: Record<string, unknown> } => {
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

  const sendReading = (node: number, sensor: number, timeUs: number): Written => {
    const { topic, fields } = reading(node, sensor, timeUs);
    const written = { topic, payload: encoder.encode(JSON.stringify(fields)) };
    last.set(node, { ...written, sensor, timeUs });
    return written;
  };

  const disturbed = (node: number, sensor: number, part: Exclude<Role, 'plain'>): Written => {
    const before = last.get(node);
    switch (part) {
      case 'malformed': {
        const spoil = malformations[spoilt % malformations.length]?.spoil;
        spoilt += 1;
        if (spoil === undefined) throw new Error('there is no way to spoil a message');
        return spoil(reading(node, sensor, clockUs));
      }
      case 'late':
        return sendReading(node, sensor, clockUs - latenessUs);
      case 'again':
      case 'reordered': {
        if (before === undefined) throw new Error(`node ${node} has sent no reading yet`); // `eligible` sees to it.
        if (part === 'again') return { topic: before.topic, payload: before.payload };
        return sendReading(node, before.sensor, before.timeUs - 1 - below(numbers, reorderedUsMax));
      }
    }
  };

  const plain = (node: number, round: number, sensor: number): Omit<SimulatedMessage, 'n' | 'node'> => {
    const sender = nodes[node] as SimulatedNode; // As above.
    const time = writtenTime(sender.timeStyle, clockUs);
    const about = (aspect: string, fields: object): Written => ({
      topic: `ceiling/nodes/${sender.id}/${aspect}`,
      payload: encoder.encode(JSON.stringify(fields)),
    });
    if (round === 0) {
      return { ...about('registration', registration(sender, time)), kind: 'registration', retain: true };
    }
    if (round % statusEveryRounds === 0) {
      const fields = { status: statusWord(numbers()), ...battery(numbers()), timestamp: time };
      return { ...about('status', fields), kind: 'status', retain: false };
    }
    return { ...sendReading(node, sensor, clockUs), kind: 'reading', retain: false };
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
      return { n, node, ...disturbed(node, Math.max(sensor, 0), part.value), kind: part.value, retain: false };
    },
  };
};

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
