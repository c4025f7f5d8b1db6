/**
 * The way down at a broker: messages are published there, on a connection of their own that receives nothing, and settle with the
 * broker's acknowledgement. Nothing is kept here beyond its time.
 */
import {
  type Delivery,
  type DeviceMessage,
  type DeviceMessages,
  deviceExpiryMsMax,
  deviceTopicProblem,
  type Logger,
  pause,
  type Retention,
} from '@plenum/runtime';
import { reason } from '../codec/reason-codes.ts';
import type { ConnectorLimits } from './connector-limits.ts';
import {
  isConnection,
  type Outbound,
  openPublishing,
  type PublishingConnection,
  type PublishingParts,
} from './publishing-connection.ts';
import { retainedAtBroker } from './retained-at-broker.ts';

export type BrokerMessagesParts = Omit<PublishingParts, 'protocol' | 'limits' | 'stop'> & {
  /** 5, and 3.1.1 with a broker that has no 5, unless one of them is asked for. */
  readonly protocol: 4 | 5 | undefined;
  readonly limits: Pick<ConnectorLimits, 'connectTimeoutMs' | 'keepaliveMs' | 'retryMsMin' | 'retryMsMax'>;
  readonly logger: Logger;
};

export type BrokerMessages = DeviceMessages & {
  /** Settles everything that waits, and closes the connection. */
  close(): Promise<void>;
};

/** Connects when the first message is published, and again when there are messages. */
export const brokerMessages = (parts: BrokerMessagesParts): BrokerMessages => {
  const stop = new AbortController();
  const way: Way = { parts, stop: stop.signal, waiting: [], inFlight: new Set(), connection: undefined };
  let protocol = parts.protocol ?? 5;
  let running: Promise<void> | undefined;
  const retainedOn = retainedAtBroker({ ...parts, stop: stop.signal });

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted && way.waiting.length > 0) {
      const opened = await openPublishing({ ...parts, protocol, stop: stop.signal });
      if (!isConnection(opened) && opened.how === 'other-protocol' && protocol === 5 && parts.protocol === undefined) {
        protocol = 4;
        continue;
      }
      failures = isConnection(opened) ? 0 : failures + 1;
      const why = isConnection(opened) ? await serve(way, opened) : opened.reason;
      if (stop.signal.aborted) return;
      parts.logger.warn({ broker: parts.url.href, reason: why }, 'the way down to the broker is closed');
      const { retryMsMin, retryMsMax } = parts.limits;
      await pause(Math.min(retryMsMax, retryMsMin * 2 ** failures), stop.signal);
    }
  };
  const wake = (): void => {
    send(way);
    running ??= run().finally(() => {
      running = undefined;
      if (way.waiting.length > 0 && !stop.signal.aborted) wake(); // It came when the last look was over.
    });
  };

  const publish = async (message: ToBroker): Promise<Delivery> => {
    refuseTopic(message.topic);
    if (stop.signal.aborted) return { outcome: 'not-connected' };
    if (way.waiting.length >= waitingMax) return refused(reason.quotaExceeded);
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    const waiting = waitingOf(way, message, resolve);
    way.waiting.push(waiting);
    wake();
    return promise;
  };

  return {
    publish,
    retain: async (topic, payload, giveUp) => {
      refuseTopic(topic);
      if (stop.signal.aborted || giveUp?.aborted === true) return { outcome: 'unknown' };
      return retentionOf(await publish({ topic, payload, expiryMs: retainMs, isRetained: true, giveUp }));
    },
    retainedOn: async (topic) => {
      refuseTopic(topic);
      return retainedOn(topic);
    },
    close: async () => {
      stop.abort();
      for (const one of [...way.waiting.splice(0), ...way.inFlight]) one.settle(expired);
      await way.connection?.close();
      await running;
    },
  };
};

const refuseTopic = (topic: string): void => {
  const problem = deviceTopicProblem(topic);
  if (problem !== undefined) throw new RangeError(problem);
};

/** Nobody has to subscribe to what is retained. */
const retentionOf = (delivery: Delivery): Retention => {
  if (delivery.outcome === 'refused') return { outcome: 'refused', reason: delivery.reason };
  return { outcome: delivery.outcome === 'expired' ? 'unknown' : 'kept' };
};

type ToBroker = DeviceMessage & {
  /** It has no time then at the broker: `expiryMs` is how long the broker's answer is waited for. */
  readonly isRetained?: true;
  /** Its time is over with this at the latest. */
  readonly giveUp?: AbortSignal | undefined;
};

type Way = {
  readonly parts: BrokerMessagesParts;
  readonly stop: AbortSignal;
  /** To be sent, in order. */
  waiting: Waiting[];
  /** Sent and not acknowledged, also those whose time is over: the broker counts them. */
  readonly inFlight: Set<Waiting>;
  connection: PublishingConnection | undefined;
};

type Waiting = {
  readonly message: ToBroker;
  readonly expiresAtMs: number;
  readonly settle: (delivery: Delivery) => void;
  settled: boolean;
  /** How often it was sent. */
  sent: number;
};

const waitingOf = (way: Way, message: ToBroker, resolve: (delivery: Delivery) => void): Waiting => {
  const expiryMs = Math.min(message.expiryMs, deviceExpiryMsMax);
  const end = (): void => {
    way.waiting = way.waiting.filter((other) => other !== waiting);
    waiting.settle(expired);
  };
  const timer = setTimeout(end, expiryMs);
  message.giveUp?.addEventListener('abort', end, { once: true });
  const settle = (delivery: Delivery): void => {
    clearTimeout(timer);
    message.giveUp?.removeEventListener('abort', end);
    waiting.settled = true;
    resolve(delivery);
  };
  const waiting: Waiting = { message, expiresAtMs: Date.now() + expiryMs, settle, settled: false, sent: 0 };
  return waiting;
};

/** Sends what waits and what comes, until the connection ends; answers why it did. */
const serve = async (way: Way, connection: PublishingConnection): Promise<string> => {
  if (way.stop.aborted) {
    await connection.close();
    return 'closed';
  }
  way.parts.logger.info({ broker: way.parts.url.href }, 'the way down to the broker is open');
  way.connection = connection;
  send(way);
  const why = await connection.ended;
  way.connection = undefined;
  const again: Waiting[] = [];
  for (const waiting of way.inFlight) {
    if (waiting.settled) continue;
    // QoS 1 may come twice. A new session knows nothing of what was sent with QoS 2, and would make two of it.
    if ((waiting.message.qos ?? 1) === 1 && waiting.sent < attemptsMax) again.push(waiting);
    else waiting.settle(expired);
  }
  way.inFlight.clear();
  way.waiting.unshift(...again);
  return why;
};

/** Sends as much as the broker takes. What a connection ended under goes alone: one of them may be why. */
const send = (way: Way): void => {
  const { connection, inFlight } = way;
  while (connection !== undefined && inFlight.size < connection.takes.inFlight) {
    const [next] = way.waiting;
    const isSuspect = (next?.sent ?? 0) > 0 || [...inFlight].some(({ sent }) => sent > 1);
    if (next === undefined || (isSuspect && inFlight.size > 0)) return;
    way.waiting.shift();
    const outbound = outboundOf(next);
    const refusal = refusalOf(connection, outbound);
    if (refusal !== undefined) {
      next.settle(refused(refusal));
      continue;
    }
    inFlight.add(next);
    next.sent += 1;
    connection.publish(outbound, (code) => {
      if (!inFlight.delete(next)) return;
      next.settle(deliveryOf(code));
      send(way);
    });
  }
};

const outboundOf = ({ message, expiresAtMs }: Waiting): Outbound => {
  const { topic, payload, qos = 1, properties, isRetained: retain = false } = message;
  const leftS = retain ? undefined : Math.max(1, Math.ceil((expiresAtMs - Date.now()) / 1000));
  return { topic, payload, qos, properties, leftS, retain };
};

/** What the broker said of itself when it let us in. */
const refusalOf = ({ takes, bytesOf }: PublishingConnection, outbound: Outbound): number | undefined => {
  if (outbound.qos > takes.qos) return reason.qosNotSupported;
  if (outbound.retain && !takes.retained) return reason.retainNotSupported;
  return Number.isFinite(takes.packetBytes) && bytesOf(outbound) > takes.packetBytes
    ? reason.packetTooLarge
    : undefined;
};

const deliveryOf = (code: number): Delivery => {
  if (code >= reason.unspecified) return refused(code);
  return code === reason.noMatchingSubscribers ? { outcome: 'not-connected' } : { outcome: 'delivered', by: 'broker' };
};

const refused = (code: number): Delivery => ({ outcome: 'refused', by: 'broker', reason: code });
const expired: Delivery = { outcome: 'expired' };

/** As the MQTT listener keeps for a device. */
const waitingMax = 1000;
/** How long it is waited until the broker has acknowledged what it is to retain. */
const retainMs = 30_000;
/** A message that ends every connection it is sent on is not tried for ever. */
const attemptsMax = 3;
