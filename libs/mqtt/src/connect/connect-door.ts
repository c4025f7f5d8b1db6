/**
 * The `connect` door: Plenum subscribes at a broker that is already there, in one session that the broker keeps. Of all
 * processes with the same client id one has the session, by a lease; the others stand by. MQTT itself is the second
 * fence: a broker gives a session to one connection, the last that asked for it.
 */
import { type Clock, type Ingest, type Lease, type Leases, type Logger, pause } from '@plenum/runtime';
import { type Arrivals, arrivals } from '../redelivery/arrivals.ts';
import { redeliveryAlarm } from '../redelivery/redelivery-alarm.ts';
import { type ConnectLimits, defaultConnectLimits } from './connect-limits.ts';
import { type BrokerUrl, brokerUrl, type DialTls, dial } from './dial.ts';
import type { Credentials } from './handshake.ts';
import { type Ending, openSession, type Session } from './session.ts';

export type ConnectDoorParts = {
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
  readonly limits?: Partial<ConnectLimits>;
  readonly onState?: (state: ConnectState) => void;
};

/** `standing-by`: another process has the session. `connecting`: it is ours to open. `open`: messages come. */
export type ConnectState = 'standing-by' | 'connecting' | 'open' | 'closed';

export type ConnectDoor = {
  state(): ConnectState;
  /** Of the connection that is open, or was tried last. */
  protocol(): 4 | 5;
  counts(): ConnectCounts;
  /**
   * Takes nothing more; finishes and acknowledges what arrived, as long as `drainTimeoutMs` allows; says goodbye to the
   * broker, which keeps the session, and gives the lease back. Ends the ingest loop with it.
   */
  close(): Promise<void>;
  /** Rejects with what waiting does not cure. */
  readonly failed: Promise<never>;
};

export type ConnectCounts = {
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
export const connectDoor = (parts: ConnectDoorParts): ConnectDoor => {
  const { ingest, leases, logger, clientId } = parts;
  const url = brokerUrl(parts.url);
  const limits = { ...defaultConnectLimits, ...parts.limits };
  const stop = new AbortController();
  const known = arrivals();
  const alarm = redeliveryAlarm(logger);
  const door: State = {
    ...{ protocol: parts.protocol ?? 5, state: 'standing-by', session: undefined, connections: 0 },
    counts: { opened: 0, openedWithoutSession: 0, ended: 0 },
  };
  const become = (next: ConnectState): void => {
    if (door.state === next) return;
    door.state = next;
    logger.info({ clientId, broker: url.href, state: next }, 'the session with the broker');
    parts.onState?.(next);
  };
  const keeping: Keeping = { parts, url, limits, door, known, become, stop: stop.signal };
  const run = async (): Promise<void> => {
    let epoch: bigint | undefined;
    while (!stop.signal.aborted) {
      become('standing-by');
      const lease = await leases.acquire(`mqtt-session:${clientId}`, stop.signal);
      if (lease === undefined) return;
      // Somebody else had it since, and took messages by other packet ids.
      if (epoch !== undefined && lease.epoch > epoch + 1n) known.forget();
      epoch = lease.epoch;
      await keep(keeping, lease);
      await lease.release();
      // Whoever stands by looks every half second, and perhaps reaches the broker.
      await pause(standAsideMs, stop.signal);
    }
  };

  ingest.onRoom(() => door.session?.resume());
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // Whoever runs the door awaits `failed`; until then it is not unhandled.
  const running = run().catch(failure.reject);
  const watching = setInterval(() => alarm(performance.now(), known.totals()), alarmMs);

  return {
    state: () => door.state,
    protocol: () => door.protocol,
    counts: () => ({ ...door.counts, redelivered: known.totals().redelivered }),
    close: async () => {
      const giveUp = AbortSignal.timeout(limits.drainTimeoutMs);
      clearInterval(watching);
      door.session?.quiesce();
      stop.abort();
      await ingest.drain(giveUp);
      await endOfTurn(); // Acknowledgements are written at the end of the turn they were given in.
      await door.session?.disconnect();
      await running;
      become('closed');
    },
    failed: failure.promise,
  };
};

type State = {
  protocol: 4 | 5;
  state: ConnectState;
  session: Session | undefined;
  connections: number;
  readonly counts: { opened: number; openedWithoutSession: number; ended: number };
};

type Keeping = {
  readonly parts: ConnectDoorParts;
  readonly url: BrokerUrl;
  readonly limits: ConnectLimits;
  readonly door: State;
  readonly known: Arrivals;
  readonly become: (state: ConnectState) => void;
  readonly stop: AbortSignal;
};

/** Keeps the session as long as the lease is ours and there is hope that we are the one to have it. */
const keep = async (keeping: Keeping, lease: Lease): Promise<void> => {
  const { parts, url, limits, door, become, stop } = keeping;
  const openedAtFirst = door.counts.opened;
  let failures = 0;
  while (!stop.aborted && lease.isHeld() && failures < limits.failuresMax) {
    become('connecting');
    const openedBefore = door.counts.opened;
    // Before this lease somebody else may have had the session, with other filters.
    const subscribed = door.counts.opened > openedAtFirst;
    const ending = await connect(keeping, lease, subscribed);
    if (ending.how === 'done') return;
    if (ending.how === 'other-protocol' && door.protocol === 5 && parts.protocol === undefined) {
      door.protocol = 4;
      continue;
    }
    door.counts.ended += 1;
    failures = door.counts.opened > openedBefore ? 0 : failures + 1;
    const level = ending.how === 'lost' ? 'warn' : 'error';
    const told = { clientId: parts.clientId, broker: url.href, reason: ending.reason };
    parts.logger[level](told, 'the session with the broker ended');
    await pause(Math.min(limits.retryMsMax, limits.retryMsMin * 2 ** failures), stop, lease.lost);
  }
};

const connect = async (keeping: Keeping, lease: Lease, subscribed: boolean): Promise<Ending> => {
  const { parts, url, limits, door, known, become } = keeping;
  const { clientId, credentials, filters, ingest, clock, logger } = parts;
  door.connections += 1;
  const session = openSession({
    ...{ clientId, credentials, filters, subscribed, ingest, clock, limits, protocol: door.protocol },
    ...{ arrivals: known, connection: door.connections, mayWork: lease.isHeld, stream: dial(url, parts.tls ?? {}) },
    onOpen: ({ sessionPresent }) => {
      door.counts.opened += 1;
      if (!sessionPresent) {
        door.counts.openedWithoutSession += 1;
        logger.warn({ clientId }, 'the broker knew no session: what was published before now does not come by it');
      }
      become('open');
    },
  });
  door.session = session;
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
