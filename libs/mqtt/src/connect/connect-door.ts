/**
 * The `connect` door: Plenum subscribes at a broker that is already there, in one session that the broker keeps. Of all
 * processes with the same client id one has the session, by a lease; the others stand by. MQTT itself is the second
 * fence: a broker gives a session to one connection, the last that asked for it.
 */
import type { Clock, Ingest, Lease, Leases, Logger } from '@plenum/runtime';
import { type ConnectLimits, defaultConnectLimits } from './connect-limits.ts';
import { brokerUrl, type DialTls, dial } from './dial.ts';
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
};

/** @throws when the URL cannot be used. Connects in its own time, and again and again. */
export const connectDoor = (parts: ConnectDoorParts): ConnectDoor => {
  const { ingest, leases, logger, clientId } = parts;
  const url = brokerUrl(parts.url);
  const limits = { ...defaultConnectLimits, ...parts.limits };
  const stop = new AbortController();
  const counts = { opened: 0, openedWithoutSession: 0, ended: 0 };
  let protocol = parts.protocol ?? 5;
  let state: ConnectState = 'standing-by';
  let session: Session | undefined;
  let connections = 0;

  const become = (next: ConnectState): void => {
    if (state === next) return;
    state = next;
    logger.info({ clientId, broker: url.href, state }, 'the session with the broker');
    parts.onState?.(next);
  };
  const opened = (sessionPresent: boolean): void => {
    counts.opened += 1;
    if (!sessionPresent) {
      counts.openedWithoutSession += 1;
      logger.warn({ clientId }, 'the broker knew no session: what was published before now does not come by it');
    }
    become('open');
  };
  const connect = async (lease: Lease): Promise<Ending> => {
    connections += 1;
    const opening = openSession({
      ...{ clientId, credentials: parts.credentials, filters: parts.filters, ingest, clock: parts.clock, limits },
      ...{ protocol, connection: connections, mayWork: lease.isHeld, stream: dial(url, parts.tls ?? {}) },
      onOpen: ({ sessionPresent }) => opened(sessionPresent),
    });
    session = opening;
    const lose = (): void => opening.drop('the lease is over');
    lease.lost.addEventListener('abort', lose);
    const ending = await opening.ended;
    lease.lost.removeEventListener('abort', lose);
    return ending;
  };

  /** Keeps the session as long as the lease is ours and there is hope that we are the one to have it. */
  const keep = async (lease: Lease): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted && lease.isHeld() && failures < limits.failuresMax) {
      become('connecting');
      const openedBefore = counts.opened;
      const ending = await connect(lease);
      if (ending.how === 'done') return;
      if (ending.how === 'other-protocol' && protocol === 5 && parts.protocol === undefined) {
        protocol = 4;
        continue;
      }
      counts.ended += 1;
      failures = counts.opened > openedBefore ? 0 : failures + 1;
      const level = ending.how === 'lost' ? 'warn' : 'error';
      logger[level]({ clientId, broker: url.href, reason: ending.reason }, 'the session with the broker ended');
      await pause(Math.min(limits.retryMsMax, limits.retryMsMin * 2 ** failures), stop.signal, lease.lost);
    }
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      become('standing-by');
      const lease = await leases.acquire(`mqtt-session:${clientId}`, stop.signal);
      if (lease === undefined) return;
      await keep(lease);
      await lease.release();
      // Whoever stands by looks every half second, and perhaps reaches the broker.
      await pause(standAsideMs, stop.signal);
    }
  };

  ingest.onRoom(() => session?.resume());
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // Whoever runs the door awaits `failed`; until then it is not unhandled.
  const running = run().catch(failure.reject);

  return {
    state: () => state,
    protocol: () => protocol,
    counts: () => ({ ...counts }),
    close: async () => {
      const giveUp = AbortSignal.timeout(limits.drainTimeoutMs);
      session?.quiesce();
      stop.abort();
      await ingest.drain(giveUp);
      await endOfTurn(); // Acknowledgements are written at the end of the turn they were given in.
      await session?.disconnect();
      await running;
      become('closed');
    },
    failed: failure.promise,
  };
};

/** Longer than the look of those who stand by. */
const standAsideMs = 1500;

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const pause = (delayMs: number, ...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
    if (signals.some(({ aborted }) => aborted)) end();
  });
