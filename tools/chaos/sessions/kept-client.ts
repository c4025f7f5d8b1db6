/** A client with a session that is kept, over as many connections as it takes: it is cut off in every state, and goes on where it was. */
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawClient, rawSocket } from '@plenum/mqtt/testing';
import { beforeDeadline } from '@plenum/runtime';
import type { Numbers } from '@plenum/simulation';
import type { Packet } from 'mqtt-packet';
import { between } from '../numbers.ts';
import {
  type ClientState,
  type Message,
  newClientState,
  publishNew,
  type Qos,
  sentAgain,
  take,
} from './client-state.ts';

export type Filter = { readonly filter: string; readonly qos: Qos };
export type At = { readonly name: string; readonly port: number };

/** A PUBLISH: to whom, when, and until when it may have been carried out without the client's knowledge. */
export type Attempt = { readonly replica: string; readonly sentMs: number; endedMs: number };

export type Sent = {
  readonly message: Message;
  readonly attempts: Attempt[];
  acknowledgedMs: number | undefined;
  /** Of MQTT 5; 0 in 3.1.1. */
  reason: number;
};

export type Heard = {
  readonly topic: string;
  readonly payload: string;
  readonly qos: Qos;
  readonly dup: boolean;
  readonly retain: boolean;
  readonly replica: string;
  readonly atMs: number;
};

/** A CONNACK. */
export type Admitted = { readonly replica: string; readonly atMs: number };

export type KeptClientSettings = {
  readonly clientId: string;
  readonly level: 4 | 5;
  readonly filters: readonly Filter[];
  readonly numbers: Numbers;
};

export type Connection = {
  readonly at: At;
  /** Settles when nothing comes any more. */
  readonly closed: Promise<void>;
  publish(message: Message): void;
  /** DISCONNECT. */
  leave(): void;
  kill(): void;
  /** Hears and says nothing more, as if the network were gone; the server does not know. */
  forsake(): void;
};

export type KeptClient = KeptClientSettings & {
  readonly state: ClientState;
  readonly sent: Map<number, Sent>;
  readonly heard: Heard[];
  readonly admitted: Admitted[];
  /** What a server may not do. */
  readonly problems: string[];
  /** Connections that went on with a session, and those that were asked for. */
  readonly counts: { resumed: number; connected: number; cut: number };
  subscribedMs: number | undefined;
  /** While it is `true` nothing is cut and everything is answered at once. */
  calm: boolean;
  /** Takes what comes and answers nothing. */
  mute: boolean;
  /** `undefined` when it is not let in. */
  connect(at: At): Promise<Connection | undefined>;
};

const answerMsMax = 8_000;
const cutShare = 0.01;
const lateShare = 0.2;
const lateMsMax = 300;
const weekS = 7 * 24 * 3600;

type Link = { readonly raw: RawClient; readonly at: At; isOver: boolean; answering: Promise<void> };

export const keptClient = (settings: KeptClientSettings): KeptClient => {
  let hasAsked = false;
  let hasSession = false;
  const client: KeptClient = {
    ...settings,
    ...{ state: newClientState(), sent: new Map(), heard: [], admitted: [], problems: [] },
    ...{ counts: { resumed: 0, connected: 0, cut: 0 }, subscribedMs: undefined, calm: false, mute: false },
    connect: async (at) => {
      const raw = rawSocket(connectTcp({ port: at.port, host: '127.0.0.1', noDelay: true }), settings.level);
      const isFirst = !hasAsked;
      hasAsked = true;
      raw.send(connectOf(settings));
      const answer = await beforeDeadline(raw.next(), answerMsMax).catch(() => undefined);
      if (answer?.cmd !== 'connack' || (answer.returnCode ?? answer.reasonCode) !== 0) {
        raw.kill();
        return undefined;
      }
      if (answer.sessionPresent && isFirst) client.problems.push('a session is present that was never begun');
      if (!answer.sessionPresent && hasSession) client.problems.push(`the session is not present at ${at.name}`);
      hasSession = true;
      client.counts.connected += 1;
      client.admitted.push({ replica: at.name, atMs: performance.now() });
      if (answer.sessionPresent) client.counts.resumed += 1;
      return begin(client, { raw, at, isOver: false, answering: Promise.resolve() });
    },
  };
  return client;
};

const connectOf = ({ clientId, level }: KeptClientSettings): Packet => ({
  ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: level, clientId, clean: false, keepalive: 30 },
  ...(level === 5 && { properties: { sessionExpiryInterval: weekS } }),
});

const begin = (client: KeptClient, link: Link): Connection => {
  const { raw, at } = link;
  // Until here a bridge may have gone on with what it had in hand, whatever became of the connection.
  const endedMs = performance.now();
  for (const { message } of client.state.unacknowledged.values()) endAttempt(client, message.n, endedMs);
  for (const packet of sentAgain(client.state)) send(client, link, packet);
  if (client.subscribedMs === undefined && client.filters.length > 0) {
    const subscriptions = client.filters.map(({ filter, qos }) => ({ topic: filter, qos }));
    send(client, link, { cmd: 'subscribe', messageId: 65_535, subscriptions });
  }
  const closed = hear(client, link);
  const over = (): void => {
    link.isOver = true;
  };
  void closed.then(over);
  return {
    ...{ at, closed },
    publish: (message) => {
      client.sent.set(message.n, { message, attempts: [], acknowledgedMs: undefined, reason: 0 });
      send(client, link, publishNew(client.state, message));
    },
    leave: () => {
      raw.send({ cmd: 'disconnect' });
      over();
      raw.socket.end();
    },
    kill: () => {
      over();
      raw.kill();
    },
    forsake: () => {
      link.isOver = true;
      raw.socket.pause();
    },
  };
};

/** Settles when the connection is over. */
const hear = async (client: KeptClient, link: Link): Promise<void> => {
  const { raw, at } = link;
  for (;;) {
    const packet = await raw.next().catch(() => undefined);
    if (packet === undefined || link.isOver) return;
    if (packet.cmd === 'suback') client.subscribedMs ??= performance.now();
    const { answer, heard, acknowledged } = take(client.state, packet);
    if (packet.cmd === 'pubrec' && answer?.cmd === 'pubrel') endOf(client, packet.messageId);
    if (acknowledged !== undefined) settle(client, acknowledged.message, acknowledged.reason);
    if (heard !== undefined) {
      const { topic, payload, qos, dup, retain } = heard;
      client.heard.push({
        ...{ topic, payload: payload.toString(), qos, dup, retain },
        ...{ replica: at.name, atMs: performance.now() },
      });
    }
    if (answer !== undefined && !client.mute) answerLate(client, link, answer);
  }
};

const settle = (client: KeptClient, { n }: Message, reason: number): void => {
  endAttempt(client, n, performance.now());
  const sent = client.sent.get(n);
  if (sent !== undefined) Object.assign(sent, { acknowledgedMs: performance.now(), reason });
};

/** PUBREC: the server has it. */
const endOf = (client: KeptClient, id: number | undefined): void => {
  const one = client.state.unacknowledged.get(id ?? 0);
  if (one !== undefined) endAttempt(client, one.message.n, performance.now());
};

const endAttempt = ({ sent }: KeptClient, n: number, endedMs: number): void => {
  const last = sent.get(n)?.attempts.at(-1);
  if (last !== undefined && last.endedMs === Number.POSITIVE_INFINITY) last.endedMs = endedMs;
};

/** After a while by chance, and in order [MQTT-4.6.0-2]. */
const answerLate = (client: KeptClient, link: Link, answer: Packet): void => {
  const { numbers, calm } = client;
  const afterMs = !calm && numbers() < lateShare ? between(numbers, 1, lateMsMax) : 0;
  link.answering = link.answering.then(async () => {
    if (afterMs > 0) await sleep(afterMs);
    send(client, link, answer);
  });
};

const send = (client: KeptClient, link: Link, packet: Packet): void => {
  const { numbers, calm } = client;
  if (link.isOver || link.raw.socket.destroyed) return;
  if (!calm && numbers() < cutShare) {
    client.counts.cut += 1;
    link.raw.kill();
    return;
  }
  if (packet.cmd === 'publish') noteAttempt(client, link, packet.messageId);
  link.raw.send(packet);
  if (!calm && numbers() < cutShare) {
    client.counts.cut += 1;
    link.raw.kill();
  }
};

const noteAttempt = (client: KeptClient, { at }: Link, id: number | undefined): void => {
  const message = client.state.unacknowledged.get(id ?? 0)?.message;
  if (message === undefined) return;
  const sentMs = performance.now();
  client.sent.get(message.n)?.attempts.push({ replica: at.name, sentMs, endedMs: Number.POSITIVE_INFINITY });
};
