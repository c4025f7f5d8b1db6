/**
 * The MQTT connector: Plenum subscribes at a broker that is already there, in one session that the broker keeps. Of all
 * processes with the same client id one has the session, by a lease; the others stand by. MQTT itself is the second
 * fence: a broker gives a session to one connection, the last that asked for it.
 */
import { randomUUID } from 'node:crypto';
import {
  type Clock,
  type DeviceMessages,
  type Ingest,
  type Lease,
  type Leases,
  type Logger,
  pause,
} from '@plenum/runtime';
import { type Arrivals, arrivals } from '../redelivery/arrivals.ts';
import { redeliveryAlarm } from '../redelivery/redelivery-alarm.ts';
import { type BrokerMessages, brokerMessages } from './broker-messages.ts';
import { type ConnectorLimits, defaultConnectorLimits } from './connector-limits.ts';
import { type BrokerUrl, brokerUrl, type DialTls, dial } from './dial.ts';
import type { Ending } from './ending.ts';
import type { Credentials } from './handshake.ts';
import { openSession, type Session } from './session.ts';

export type MqttConnectorParts = {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`. */
  readonly url: string;
  /** The session's name at the broker, and of the lease. */
  readonly clientId: string;
  readonly credentials?: Credentials;
  readonly tls?: DialTls;
  readonly filters: readonly string[];
  /** MQTT 5, and 3.1.1 with a broker that has no 5, unless one of them is asked for. */
  readonly protocol?: 4 | 5;
  readonly ingest: Ingest;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<ConnectorLimits>;
  readonly onState?: (state: ConnectorState) => void;
};

/** `standing-by`: another process has the session. `connecting`: it is ours to open. `open`: messages come. */
export type ConnectorState = 'standing-by' | 'connecting' | 'open' | 'closed';

/** What is published by it is acknowledged by the broker alone. Those who stand by publish, too. */
export type MqttConnector = DeviceMessages & {
  state(): ConnectorState;
  /** Of the connection that is open, or was tried last. */
  protocol(): 4 | 5;
  counts(): ConnectorCounts;
  /**
   * Takes nothing more; finishes and acknowledges what arrived, as long as `drainTimeoutMs` allows; says goodbye to the
   * broker, which keeps the session, and gives the lease back. Ends the ingest loop with it.
   */
  close(): Promise<void>;
  /** Rejects with what waiting does not cure. */
  readonly failed: Promise<never>;
};

export type ConnectorCounts = {
  /** How often the session was opened. */
  readonly opened: number;
  /** Of these, how often the broker knew no session: the first time, or it has lost what waited in it. */
  readonly openedWithoutSession: number;
  /** How often it could not be opened, or ended by itself. */
  readonly ended: number;
  /** Messages that the broker marked as sent before. */
  readonly redelivered: number;
};

/** @throws when the URL cannot be used. Connects in its own time, and again and again. */
export const mqttConnector = (parts: MqttConnectorParts): MqttConnector => {
  const { ingest, leases, logger, clientId } = parts;
  const url = brokerUrl(parts.url);
  const limits = { ...defaultConnectorLimits, ...parts.limits };
  const stop = new AbortController();
  const known = arrivals();
  const alarm = redeliveryAlarm(logger);
  const connector: State = {
    ...{ protocol: parts.protocol ?? 5, state: 'standing-by', session: undefined, connections: 0 },
    counts: { opened: 0, openedWithoutSession: 0, ended: 0 },
  };
  const become = (next: ConnectorState): void => {
    if (connector.state === next) return;
    connector.state = next;
    logger.info({ clientId, broker: url.href, state: next }, 'the session with the broker');
    parts.onState?.(next);
  };
  const keeping: Keeping = { parts, url, limits, connector, known, become, stop: stop.signal };
  const run = async (): Promise<void> => {
    let epoch: bigint | undefined;
    while (!stop.signal.aborted) {
      become('standing-by');
      const lease = await leases.acquire(`mqtt-session:${clientId}`, stop.signal);
      if (lease === undefined) return;
      // Another process had it since, and took messages by other packet ids.
      if (epoch !== undefined && lease.epoch > epoch + 1n) known.forget();
      epoch = lease.epoch;
      await keep(keeping, lease);
      await lease.release();
      // Those who stand by look every half second, and perhaps reach the broker.
      await pause(standAsideMs, stop.signal);
    }
  };

  const down = wayDown(parts, url, limits);
  ingest.onCapacity(() => connector.session?.resume());
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // The caller awaits `failed`; until then it is not unhandled.
  const running = run().catch(failure.reject);
  const watching = setInterval(() => alarm(performance.now(), known.totals()), alarmMs);

  return {
    ...{ publish: down.publish, retain: down.retain, retainedOn: down.retainedOn },
    state: () => connector.state,
    protocol: () => connector.protocol,
    counts: () => ({ ...connector.counts, redelivered: known.totals().redelivered }),
    close: async () => {
      const giveUp = AbortSignal.timeout(limits.drainTimeoutMs);
      clearInterval(watching);
      connector.session?.quiesce();
      stop.abort();
      const downClosed = down.close();
      await ingest.drain(giveUp);
      await endOfTurn(); // Acknowledgements are written at the end of the turn they were given in.
      await connector.session?.disconnect();
      await running;
      await downClosed;
      become('closed');
    },
    failed: failure.promise,
  };
};

/** A session of its own: the connection with the client id is the one that messages come by. */
const wayDown = (parts: MqttConnectorParts, url: BrokerUrl, limits: ConnectorLimits): BrokerMessages =>
  brokerMessages({
    ...{ url, limits, logger: parts.logger, tls: parts.tls ?? {}, credentials: parts.credentials },
    ...{ clientId: `${parts.clientId}-down-${randomUUID().slice(0, 8)}`, protocol: parts.protocol },
  });

type State = {
  protocol: 4 | 5;
  state: ConnectorState;
  session: Session | undefined;
  connections: number;
  readonly counts: { opened: number; openedWithoutSession: number; ended: number };
};

type Keeping = {
  readonly parts: MqttConnectorParts;
  readonly url: BrokerUrl;
  readonly limits: ConnectorLimits;
  readonly connector: State;
  readonly known: Arrivals;
  readonly become: (state: ConnectorState) => void;
  readonly stop: AbortSignal;
};

/** Keeps the session as long as the lease is ours and there is hope that we are the one to have it. */
const keep = async (keeping: Keeping, lease: Lease): Promise<void> => {
  const { parts, url, limits, connector, become, stop } = keeping;
  const openedAtFirst = connector.counts.opened;
  let failures = 0;
  while (!stop.aborted && lease.isHeld() && failures < limits.failuresMax) {
    become('connecting');
    const openedBefore = connector.counts.opened;
    // Before this lease another process may have had the session, with other filters.
    const subscribed = connector.counts.opened > openedAtFirst;
    const ending = await connect(keeping, lease, subscribed);
    if (ending.how === 'done') return;
    if (ending.how === 'other-protocol' && connector.protocol === 5 && parts.protocol === undefined) {
      connector.protocol = 4;
      continue;
    }
    connector.counts.ended += 1;
    failures = connector.counts.opened > openedBefore ? 0 : failures + 1;
    const level = ending.how === 'lost' ? 'warn' : 'error';
    const context = { clientId: parts.clientId, broker: url.href, reason: ending.reason };
    parts.logger[level](context, 'the session with the broker ended');
    await pause(Math.min(limits.retryMsMax, limits.retryMsMin * 2 ** failures), stop, lease.lost);
  }
};

const connect = async (keeping: Keeping, lease: Lease, subscribed: boolean): Promise<Ending> => {
  const { parts, url, limits, connector, known, become } = keeping;
  const { clientId, credentials, filters, ingest, clock, logger } = parts;
  connector.connections += 1;
  const session = openSession({
    ...{ clientId, credentials, filters, subscribed, ingest, clock, limits, protocol: connector.protocol },
    ...{
      arrivals: known,
      connection: connector.connections,
      mayWork: lease.isHeld,
      stream: dial(url, parts.tls ?? {}),
    },
    onOpen: ({ sessionPresent }) => {
      connector.counts.opened += 1;
      if (!sessionPresent) {
        connector.counts.openedWithoutSession += 1;
        logger.warn({ clientId }, 'the broker knew no session: what was published before now does not come by it');
      }
      become('open');
    },
  });
  connector.session = session;
  const lose = (): void => session.drop('the lease is over');
  lease.lost.addEventListener('abort', lose);
  const ending = await session.ended;
  lease.lost.removeEventListener('abort', lose);
  return ending;
};

/** How often redeliveries are looked at. */
const alarmMs = 5000;

/** Longer than the look of those who stand by. */
const standAsideMs = 1500;

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
