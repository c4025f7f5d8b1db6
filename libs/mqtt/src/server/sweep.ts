/** What has to be looked at from time to time: silent clients, slow ones, wills and sessions whose time has come. */
import { TransientFailure } from '@plenum/runtime';
import { reason } from '../codec/reason-codes.ts';
import { adoptSessions } from './adopt.ts';
import { closeNow, cutOff, forgetSession } from './close.ts';
import type { Connection, Server } from './state.ts';
import { publishDueWills } from './wills.ts';

export type Sweep = {
  /** There is a connection to look at. */
  arrived(): void;
  stop(): void;
};

/** While there is a connection, or a will that waits. */
const lookEveryMs = 500;
const adoptEveryMs = 5_000;
const expireEveryMs = 30_000;
const checkEveryMs = 60_000;
const stayedEveryMs = 120_000;

/** For who decides about a CONNECT, and for the store of sessions. */
const admittingMsMax = 20_000;

export const sweep = (server: Server): Sweep => {
  let looking: NodeJS.Timeout | undefined;
  const look = (): void => {
    lookAtConnections(server);
    if (server.connections.size > 0 || server.wills.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };
  const arrived = (): void => {
    // Sessions may be adopted while it stops.
    if (!server.stopping) looking ??= setInterval(look, lookEveryMs);
  };
  const adopt = async (): Promise<void> => {
    await adoptSessions(server);
    if (server.wills.size > 0) arrived();
  };
  arrived(); // For the wills of sessions that were adopted already.
  const timers = [
    setInterval(() => quietly(server, adopt()), adoptEveryMs),
    setInterval(() => quietly(server, expireSessions(server)), expireEveryMs),
    setInterval(() => quietly(server, checkSessions(server)), checkEveryMs),
    setInterval(() => server.repeated.stayed(clientIds(server)), stayedEveryMs),
  ];
  return {
    arrived,
    stop: () => {
      clearInterval(looking);
      timers.forEach(clearInterval);
    },
  };
};

function* clientIds({ connections }: Server): Iterable<string> {
  for (const { clientId } of connections.values()) yield clientId;
}

/** An absent store is waited for: the next time comes. */
export const quietly = (server: Server, work: Promise<unknown>): void => {
  work.catch((error: unknown) => {
    if (!(error instanceof TransientFailure)) server.logger.error({ error }, 'the store of sessions does not answer');
  });
};

const lookAtConnections = (server: Server): void => {
  const nowMs = Date.now();
  for (const connection of server.connections.values()) lookAt(server, connection, nowMs);
  publishDueWills(server, nowMs);
};

const lookAt = (server: Server, connection: Connection, nowMs: number): void => {
  const { limits } = server;
  const { stage, sinceMs, keepAliveS, lastPacketMs, paused, gate, answers, holdMs } = connection;
  if (stage === 'connecting' || stage === 'admitting') {
    const patienceMs = stage === 'connecting' ? limits.connectTimeoutMs : limits.connectTimeoutMs + admittingMsMax;
    if (nowMs - sinceMs > patienceMs) {
      const why = stage === 'connecting' ? 'no CONNECT came in time' : 'its CONNECT could not be answered in time';
      cutOff(server, connection, { reason: undefined, why, because: 'violation' });
    }
    return;
  }
  if (isStalled(connection, limits.stalledMs, nowMs)) {
    const why = `took nothing for ${limits.stalledMs} ms`;
    cutOff(server, connection, { reason: undefined, why, because: 'violation' });
    return;
  }
  if (stage !== 'open') return;
  // While it is not read, its pings are not either.
  if (keepAliveS > 0 && !paused && nowMs - lastPacketMs > keepAliveS * 1500) {
    const why = `nothing came for one and a half times ${keepAliveS} s`;
    closeNow(server, connection, { reason: reason.keepAliveTimeout, why, because: 'keepalive' });
    return;
  }
  const waitsSinceMs = Math.min(gate[0]?.sinceMs ?? nowMs, answers[0]?.sinceMs ?? nowMs);
  if (nowMs - waitsSinceMs > holdMs) {
    const why = 'the store of sessions did not take a message in time';
    closeNow(server, connection, { reason: reason.serverBusy, why, because: 'refused' });
  }
};

const isStalled = (connection: Connection, stalledMs: number, nowMs: number): boolean => {
  const { out } = connection;
  const takenBytes = out.takenBytes();
  if (out.unsentBytes() === 0 || takenBytes !== connection.takenBytes) {
    connection.takenBytes = takenBytes;
    connection.stalledSinceMs = undefined;
    return false;
  }
  connection.stalledSinceMs ??= nowMs;
  return nowMs - connection.stalledSinceMs > stalledMs;
};

const expireSessions = async (server: Server): Promise<void> => {
  server.retained.expire(Date.now());
  const ended = await server.store.expire(Date.now(), server.limits.sessionsMax);
  for (const { clientId, epoch } of ended) {
    const session = server.sessions.get(clientId);
    if (session?.ref.epoch === epoch && session.connection === undefined) forgetSession(server, session);
  }
};

/** News may have been missed. */
export const checkSessions = async (server: Server): Promise<void> => {
  const refs = [...server.sessions.values()].filter(({ taking }) => taking === undefined).map(({ ref }) => ref);
  for (const ref of refs.length === 0 ? [] : await server.store.check(refs)) server.lost(ref);
};
