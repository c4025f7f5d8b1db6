/** Sessions whose server is gone go on here: what is published at this server is queued for them, and their wills are published. */
import type { AdoptedSession } from '@plenum/runtime';
import { forgetSession } from './close.ts';
import type { Server, Session } from './state.ts';
import { readWill } from './wills.ts';

export const adoptSessions = async (server: Server): Promise<void> => {
  const { sessions, ended } = await server.store.adopt(Date.now(), server.limits.willGraceMs);
  if (sessions.length === 0 && ended.length === 0) return;
  const counts = { sessions: sessions.length, ended: ended.length };
  server.logger.info(counts, 'sessions of a server that is gone are taken over, or have ended');
  for (const one of sessions) adopt(server, one);
  server.adopted([...sessions.map(({ clientId }) => clientId), ...ended]);
};

const adopt = (server: Server, one: AdoptedSession): void => {
  const { clientId, epoch, subscriptions, lastNumber, waitingMessages, waitingBytes, endsAtMs, will } = one;
  const before = server.sessions.get(clientId);
  if (before !== undefined) {
    if (before.ref.epoch > epoch) return; // Its client was faster.
    forgetSession(server, before);
  }
  const session: Session = {
    ...{ clientId, ref: { clientId, epoch }, expiryMs: Number.POSITIVE_INFINITY, endsAtMs, connection: undefined },
    ...{ subscriptions: new Map(), lastNumber, sentNumber: lastNumber, inFlight: new Map(), queue: [] },
    ...{ waitingMessages, waitingBytes, arrivals: new Map(), expiring: [], taking: undefined, waiters: new Map() },
  };
  server.sessions.set(clientId, session);
  for (const { filter, options } of subscriptions) {
    session.subscriptions.set(filter, options);
    server.subscribers.add(filter, session, options);
  }
  const read = will && readWill(server, clientId, will.body);
  if (will && read) server.wills.set(clientId, { session: session.ref, will: read, dueAtMs: will.dueAtMs });
};
