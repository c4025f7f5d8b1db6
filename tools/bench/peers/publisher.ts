/**
 * Publishes a fixed number of readings, as fast as they are acknowledged or at a pace, over plain sockets, and knows which
 * were acknowledged. It connects again when what it publishes to was killed, and sends again what was not acknowledged,
 * as devices do.
 */
import { connect, type Socket } from 'node:net';
import { connectPacket, type PubackReader, pubackReader } from '../load/packets.ts';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { type Named, type Outgoing, outgoingOf, packetIdOf } from './readings-plan.ts';

export type Prepare = { readonly connections: number; readonly messagesPerConnection: number };
export type Open = { readonly port: number };
export type Send = {
  readonly messages: number;
  /** Over all connections; as fast as they are acknowledged when it is left out. */
  readonly perSecond?: number;
};
/** When the first was written, and when the last was acknowledged, on the machine's clock. */
export type Sent = { readonly fromMs: number; readonly toMs: number };

type Sender = {
  readonly outgoing: Outgoing;
  readonly name: string;
  socket: Socket | undefined;
  reader: PubackReader;
  sent: number;
  acknowledged: number;
  /** Messages that may be sent in all. */
  limit: number;
  /** What had been acknowledged when the last sending began. */
  before: number;
};

/** Messages in flight on a connection. */
const window = 100;
const connectAgainMs = 20;
const tickMs = 5;

let plan: readonly Outgoing[] = [];
let senders: readonly Sender[] = [];
let port = 0;
let paced = false;
let pacing: NodeJS.Timeout | undefined;
let done: (() => void) | undefined;
let closed = true;

const prepare = ({ connections, messagesPerConnection }: Prepare): void => {
  plan = outgoingOf(connections, messagesPerConnection);
};

/** Begins with the first message of every connection again: another run has a database of its own. */
const open = async ({ port: there }: Open): Promise<void> => {
  port = there;
  closed = false;
  senders = plan.map((outgoing, index) => ({
    ...{ outgoing, name: `bench-${index}`, socket: undefined, reader: readerFrom(0) },
    ...{ sent: 0, acknowledged: 0, limit: 0, before: 0 },
  }));
  await Promise.all(senders.map(connectOne));
};

const readerFrom = (first: number): PubackReader => {
  let due = first;
  return pubackReader(() => packetIdOf(due++));
};

/** Sockets hand over what arrived in turn, so all of them can read into one place. */
const incoming = Buffer.allocUnsafe(64 * 1024);

/** Settles with the first CONNACK; tries for as long as nobody listens. */
const connectOne = (sender: Sender): Promise<void> =>
  new Promise((resolve) => {
    let connected = false;
    const arrived = (length: number): boolean => {
      if (connected) {
        acknowledge(sender, sender.reader.read(incoming, length));
        return true;
      }
      if (length !== 4 || incoming[0] !== 0x20 || incoming[3] !== 0) throw new Error('the broker refused a CONNECT');
      connected = true;
      sender.socket = socket;
      sender.sent = sender.acknowledged;
      sender.reader = readerFrom(sender.acknowledged);
      if (!paced) pump(sender);
      resolve();
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: incoming, callback: arrived } });
    socket.on('error', () => undefined); // `close` follows.
    socket.on('close', () => {
      sender.socket = undefined;
      if (!closed) setTimeout(() => void connectOne(sender).then(resolve), connectAgainMs);
    });
    socket.write(connectPacket(sender.name));
  });

const acknowledge = (sender: Sender, complete: number): void => {
  sender.acknowledged += complete;
  if (!paced) pump(sender);
  if (sender.acknowledged === sender.limit && senders.every((one) => one.acknowledged === one.limit)) done?.();
};

/** Fills a connection's window. */
const pump = (sender: Sender): void => {
  const to = Math.min(sender.limit, sender.acknowledged + window);
  if (sender.socket === undefined || to <= sender.sent) return;
  sender.socket.write(sender.outgoing.bytes(sender.sent, to));
  sender.sent = to;
};

/** What became due since the last tick, taken in turns by all connections. */
const pace = (perSecond: number): void => {
  let lastMs = performance.now();
  let turn = 0;
  let allowed = 0;
  pacing = setInterval(() => {
    const at = performance.now();
    allowed += ((at - lastMs) * perSecond) / 1000;
    lastMs = at;
    for (let tried = 0; allowed >= 1 && tried < senders.length; tried += 1) {
      const sender = senders[turn % senders.length] as Sender; // The remainder of their number.
      turn += 1;
      const { socket, sent, limit, acknowledged, outgoing } = sender;
      if (socket === undefined || sent >= limit || sent - acknowledged >= window) continue;
      socket.write(outgoing.bytes(sent, sent + 1));
      sender.sent += 1;
      allowed -= 1;
      tried = -1;
    }
  }, tickMs);
};

/** The next messages of every connection, as many of each. Settles when all are acknowledged. */
const send = async ({ messages, perSecond }: Send): Promise<Sent> => {
  if (messages % senders.length !== 0) throw new Error(`${messages} messages over ${senders.length} connections`);
  const acknowledged = new Promise<void>((resolve) => {
    done = resolve;
  });
  for (const sender of senders) {
    sender.before = sender.acknowledged;
    sender.limit += messages / senders.length;
    if (sender.limit > sender.outgoing.named.length)
      throw new Error('there are not as many messages as are to be sent');
  }
  paced = perSecond !== undefined;
  const fromMs = nowMs();
  if (perSecond === undefined) for (const sender of senders) pump(sender);
  else pace(perSecond);
  await acknowledged;
  clearInterval(pacing);
  return { fromMs, toMs: nowMs() };
};

/** Of the last sending, what was acknowledged: all of it, or the last of each connection. */
const acknowledgedNow = ({ lastOnly }: { readonly lastOnly: boolean }): readonly Named[] =>
  senders.flatMap(({ outgoing, before, acknowledged }) =>
    outgoing.named.slice(lastOnly ? Math.max(before, acknowledged - 1) : before, acknowledged),
  );

const close = (): void => {
  closed = true;
  clearInterval(pacing);
  for (const { socket } of senders) socket?.destroy();
  senders = [];
};

serve({ prepare, open, send, acknowledged: acknowledgedNow, close });
