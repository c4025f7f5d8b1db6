/**
 * Publishes as fast as it is acknowledged, over plain sockets. A client library would spend more on a message than the
 * broker it is to load; this writes bytes that were made before, and counts four bytes per acknowledgement.
 */
import { connect, type Socket } from 'node:net';
import { traffic } from '@plenum/simulation';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { connectPacket, type Level, pubackReader } from './packets.ts';
import { type Message, type Ring, ringOf } from './ring.ts';

export type Prepare = { readonly connections: number; readonly messagesPerConnection: number };
export type Open = {
  readonly port: number;
  /** MQTT 3.1.1 when it is left out. */
  readonly level?: Level;
  /** The key of every node: each connection signs in as the node that it speaks for. Nobody signs in when it is left out. */
  readonly key?: string | undefined;
};
export type Begin = {
  /** Messages in flight on a connection, at most. */
  readonly window: number;
  /** Over all connections; as fast as they are acknowledged when it is left out. */
  readonly perSecond?: number | undefined;
};
export type Count = { readonly acknowledged: number; readonly atMs: number };

type Sender = { readonly socket: Socket; readonly ring: Ring; acknowledged: number };

let batches: readonly (readonly Message[])[] = [];
let senders: readonly Sender[] = [];
let total = 0;
let sending: Begin | undefined;
let pacing: NodeJS.Timeout | undefined;
let drained: (() => void) | undefined;

/** What nodes of a site say, one node a connection. */
const prepare = ({ connections, messagesPerConnection }: Prepare): number => {
  const messages = connections * messagesPerConnection;
  const shares = { malformed: 0, again: 0, late: 0, reordered: 0 };
  const plan = traffic({ seed: 1, nodes: connections, messages, shares });
  const each: Message[][] = Array.from({ length: connections }, () => []);
  const startUs = Date.now() * 1000 - messages * 1000;
  let bytes = 0;
  for (let n = 0; n < messages; n += 1) {
    const message = plan.next(startUs + n * 1000 + 999);
    if (message === undefined) throw new Error('the traffic ended early');
    bytes += message.payload.length;
    each[message.node]?.push(message);
  }
  batches = each;
  return bytes / messages;
};

const open = async ({ port, level = 4, key }: Open): Promise<void> => {
  const opening = batches.map((messages, index) => {
    const nodeId = key === undefined ? undefined : nodeOf(messages);
    const connect = connectPacket(nodeId ?? `bench-${index}`, {
      level,
      signIn: nodeId === undefined || key === undefined ? undefined : { userName: nodeId, password: key },
    });
    return openOne(port, connect, ringOf(messages, level));
  });
  senders = await Promise.all(opening);
};

/** All of its messages are of one node. */
const nodeOf = ([first]: readonly Message[]): string => {
  const nodeId = /ceiling_node_\d+/.exec(first?.topic ?? '')?.[0];
  if (nodeId === undefined) throw new Error(`no node in the topic ${first?.topic}`);
  return nodeId;
};

/** Sockets hand over what arrived in turn, so all of them can read into one place. */
const incoming = Buffer.allocUnsafe(64 * 1024);

const openOne = (port: number, connecting: Buffer, ring: Ring): Promise<Sender> =>
  new Promise((resolve, reject) => {
    let connected = false;
    let due = 0;
    const reader = pubackReader(() => (due++ % ring.length) + 1);
    const arrived = (length: number): boolean => {
      if (!connected) {
        connected = true;
        if (length !== 2 + (incoming[1] ?? 0) || incoming[0] !== 0x20 || incoming[3] !== 0)
          reject(new Error('the broker refused a CONNECT'));
        else resolve(sender);
        return true;
      }
      const complete = reader.read(incoming, length);
      sender.acknowledged += complete;
      total += complete;
      if (sending !== undefined) {
        // At a fixed pace an acknowledgement is no reason to send: only time is.
        if (sending.perSecond === undefined) pump(sender, sending.window);
      } else if (outstanding() === 0) drained?.();
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: incoming, callback: arrived } });
    const sender: Sender = { socket, ring, acknowledged: 0 };
    socket.on('error', (error) => {
      reject(error);
      if (sending !== undefined) throw error;
    });
    socket.write(connecting);
  });

const nowUs = (): number => Math.floor(nowMs() * 1000);

/** Fills a connection's window. Two writes where a lap ends in it. */
const pump = ({ socket, ring, acknowledged }: Sender, window: number): void => {
  for (let room = window - (ring.sent() - acknowledged); room > 0; ) {
    const before = ring.sent();
    socket.write(ring.next(room, nowUs()));
    room -= ring.sent() - before;
  }
};

const tickMs = 5;

const begin = (asked: Begin): void => {
  sending = asked;
  total = 0;
  const { window, perSecond } = asked;
  if (perSecond === undefined) {
    for (const sender of senders) pump(sender, window);
    return;
  }
  // A fixed pace: what became due since the last tick, taken in turns by all connections.
  let lastMs = performance.now();
  let turn = 0;
  let allowed = 0;
  pacing = setInterval(() => {
    const tickedMs = performance.now();
    allowed += ((tickedMs - lastMs) * perSecond) / 1000;
    lastMs = tickedMs;
    for (let tried = 0; allowed >= 1 && tried < senders.length; tried += 1) {
      const sender = senders[turn % senders.length] as Sender; // The remainder of their number.
      turn += 1;
      if (sender.ring.sent() - sender.acknowledged >= window) continue;
      sender.socket.write(sender.ring.next(1, nowUs()));
      allowed -= 1;
      tried = -1;
    }
  }, tickMs);
};

const outstanding = (): number => senders.reduce((sum, { ring, acknowledged }) => sum + ring.sent() - acknowledged, 0);

/** Sends nothing more, waits for what was sent, and answers how many were acknowledged in all. */
const finish = async (): Promise<number> => {
  sending = undefined;
  clearInterval(pacing);
  if (outstanding() > 0) {
    await new Promise<void>((resolve) => {
      drained = resolve;
    });
  }
  drained = undefined;
  return senders.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
};

serve({
  prepare,
  open,
  begin,
  count: (): Count => ({ acknowledged: total, atMs: performance.now() }),
  finish,
  close: () => {
    for (const { socket } of senders) socket.destroy();
    senders = [];
  },
});
