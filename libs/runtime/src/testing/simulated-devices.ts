/**
 * Devices and the bridge of a simulation: devices send what they have until it is acknowledged, over connections that
 * break; the bridge is the real ingest loop over the in-memory log, and dies without warning.
 */
import { hash } from 'node:crypto';
import { observe } from '@plenum/ceiling';
import { timeId, utc } from '@plenum/event';
import { MessageQuarantined, MessagesDiscarded } from '@plenum/quarantine';
import type { EventCodec } from '../event-codec.ts';
import { type Ingest, ingest } from '../ingest/ingest.ts';
import type { Translator } from '../ingest/message.ts';
import type { Logger } from '../ports.ts';
import type { Timer } from '../timer.ts';
import type { Chance } from './chance.ts';
import type { MemoryLog } from './memory-log.ts';

export type SimulatedMessage = {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** What no other message of the simulation holds: its own id, or somewhere in its bytes when it is unreadable. */
  readonly mark: string;
};

export type SimulatedDevices = {
  /** Sends some of what is unacknowledged, in each device's order. */
  send(): void;
  /** The bridge process is killed and another one started: what it held is gone, and so are all connections. */
  killBridge(): void;
  /** Calls what is due and moves the simulated clock. */
  passTime(): void;
  isDone(): boolean;
  /** Everything acknowledged, in no order. */
  acknowledged(): readonly SimulatedMessage[];
  /** Counters of the bridge that is running; those before it died uncounted. */
  bridge(): Ingest;
};

type Parts = {
  readonly log: MemoryLog;
  readonly codec: EventCodec;
  readonly chance: Chance;
  /** What each device has to say, in its order. */
  readonly messages: readonly (readonly SimulatedMessage[])[];
};

type Device = { readonly unsaid: SimulatedMessage[]; flying: number; connection: number };

const startMs = Date.UTC(2026, 2, 4, 9, 16);

export const simulatedDevices = ({ log, codec, chance, messages }: Parts): SimulatedDevices => {
  const clock = simulatedTimer();
  const heard: SimulatedMessage[] = [];
  let connection = 0;
  let life = 0;
  const start = (): Ingest => {
    life += 1;
    return ingest({
      log: mortal(log, life, () => life),
      codec,
      translator: translatorOf(clock, chance),
      logger: silent,
      timer: clock.timer,
    });
  };
  let running = start();
  const devices = messages.map((all): Device => ({ unsaid: [...all], flying: 0, connection: 0 }));

  const reconnect = (device: Device): void => {
    device.flying = 0;
    connection += 1;
    device.connection = connection;
  };
  for (const device of devices) reconnect(device);
  const sendOne = (device: Device, clientId: string): void => {
    const message = device.unsaid[device.flying];
    if (message === undefined) return;
    device.flying += 1;
    const { topic, payload } = message;
    const sentOver = device.connection;
    const receivedTimeUs = (startMs + clock.timer.nowMs()) * 1000;
    running.received(1);
    running.offer({ topic, payload, clientId, connection: sentOver, receivedTimeUs, holdMs: 10_000 }, (outcome) => {
      // A PUBACK over a connection that is gone reaches nobody.
      if (sentOver !== device.connection) return;
      if (outcome !== 'safe') return reconnect(device);
      // Acknowledged in order: it was the oldest in flight. Some devices send a message again all the same.
      device.unsaid.shift();
      device.flying -= 1;
      heard.push(message);
      if (chance.happens(0.05)) device.unsaid.push(message);
    });
  };

  return {
    send() {
      for (const [index, device] of devices.entries()) {
        if (chance.happens(0.05)) {
          running.forget(device.connection);
          reconnect(device);
        }
        for (let burst = chance.below(4); burst > 0; burst -= 1) sendOne(device, `device-${index}`);
      }
    },
    killBridge() {
      running = start();
      for (const device of devices) reconnect(device);
    },
    passTime: clock.pass,
    isDone: () => devices.every(({ unsaid }) => unsaid.length === 0),
    acknowledged: () => heard,
    bridge: () => running,
  };
};

/** What a killed process had under way reaches the log or not, but nobody hears the answer, and it sends no more. */
const mortal = (log: MemoryLog, born: number, life: () => number): Pick<MemoryLog, 'append'> => ({
  append: async (records) => {
    if (born !== life()) return new Promise(() => undefined);
    const ranges = await log.append(records);
    return born === life() ? ranges : new Promise(() => undefined);
  },
});

const translatorOf = (clock: { readonly timer: Timer }, chance: Chance): Translator => {
  const newId = (): string =>
    timeId(
      startMs + clock.timer.nowMs(),
      Uint8Array.from({ length: 16 }, () => chance.below(256)),
    );
  const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);
  const tools = { zone: utc, sha1, newId };
  const about = (source: string, timeUs: number) => ({
    id: newId(),
    source,
    effectiveTimeUs: timeUs,
    recordedTimeUs: timeUs,
  });
  return {
    translate: ({ topic, payload, receivedTimeUs }) => observe({ topic, payload, receivedTimeUs }, tools),
    quarantined: ({ topic, payload, clientId, receivedTimeUs }, { code, detail, nodeId, sensorId }) => ({
      ...about(topic, receivedTimeUs),
      type: MessageQuarantined.type,
      data: {
        client_id: clientId,
        topic,
        code,
        detail,
        node_id: nodeId,
        sensor_id: sensorId,
        payload: payload.slice(),
        payload_length: payload.length,
        payload_sha256: hash('sha256', payload),
      },
    }),
    discarded: ({ clientId, topic, code, messages, bytes }) => ({
      ...about(topic, (startMs + clock.timer.nowMs()) * 1000),
      type: MessagesDiscarded.type,
      data: { client_id: clientId, topic, code, messages, bytes },
    }),
  };
};

const simulatedTimer = (): { readonly timer: Timer; pass(): void } => {
  let nowMs = 0;
  let tasks: readonly { readonly atMs: number; readonly task: () => void }[] = [];
  const after = (delayMs: number, task: () => void): (() => void) => {
    const entry = { atMs: nowMs + delayMs, task };
    tasks = [...tasks, entry];
    return () => {
      tasks = tasks.filter((other) => other !== entry);
    };
  };
  return {
    timer: { nowMs: () => nowMs, after, soon: (task) => void after(0, task) },
    pass() {
      nowMs += 10;
      const due = tasks.filter(({ atMs }) => atMs <= nowMs);
      tasks = tasks.filter(({ atMs }) => atMs > nowMs);
      for (const { task } of due) task();
    },
  };
};

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
