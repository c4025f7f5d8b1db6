/** Sessions of MQTT clients in Postgres, schema `plenum_session`. Start reading at `run-batch.ts`. */
import type { Logger, Presence, SessionRef, SessionStore, Written } from '@plenum/runtime';
import type pg from 'pg';
import { migrate } from '../log/migrate-log.ts';
import { adoptAll, adoptSome, ownersGone } from './adopt.ts';
import type { Ask } from './ask.ts';
import { flushLoop } from './flush-loop.ts';
import { expireSessions, giveUpAll, sessionsLost } from './give-up.ts';
import { hearNews } from './hear-news.ts';
import type { ContentChange, SessionChange } from './operations.ts';
import { ownership } from './ownership.ts';
import { readRetained } from './retained.ts';
import { sessionSchema, sessionSteps } from './schema.ts';

export type PostgresSessionStoreParts = {
  /** One connection of it is kept to listen, one writes, and one more reads what news are about. */
  readonly pool: pg.Pool;
  /** Of this process, which has no other store of sessions. Closed after the store. */
  readonly presence: Presence;
  readonly logger: Logger;
  /** How long a message may wait to be written while it may still be removed unwritten; 5 unless said otherwise. */
  readonly lingerMs?: number;
};

/**
 * Opens the tables, creating them where they are missing. What is to be written while the database is away is written when it is
 * back, unless the store is closed before.
 * @throws TransientFailure; an error when the tables are newer than this program knows.
 */
export const postgresSessionStore = async (parts: PostgresSessionStoreParts): Promise<SessionStore> => {
  const { pool, presence, logger, lingerMs = 5 } = parts;
  const owner = presence.mark;
  await migrate({ pool, schema: sessionSchema }, { versions: 'session_version', steps: sessionSteps });
  const news = await hearNews({ pool, owner, logger });
  const owned = ownership(owner);
  const loop = flushLoop({ pool, owned, logger, lingerMs });

  const question = <T>(answer: (ask: Ask) => Promise<T>): Promise<T> => loop.add<T>({ does: 'question', answer });
  const change = (session: SessionRef, its: SessionChange): Promise<Written> =>
    loop.add<Written>({ does: 'change', session, change: its });
  const inContent = (session: SessionRef, its: ContentChange): Promise<Written> => change(session, its);

  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    const given = question((ask) => giveUpAll(ask, owner));
    try {
      await Promise.all([given, loop.close()]);
    } finally {
      await news.close();
    }
  };

  return {
    owner,
    take: (asked, nowMs) => loop.add({ does: 'take', asked, nowMs }),
    subscribe: (session, subscriptions) => inContent(session, { kind: 'subscribe', subscriptions }),
    unsubscribe: (session, filters) => inContent(session, { kind: 'unsubscribe', filters }),
    enqueue: (session, message) => inContent(session, { kind: 'enqueue', message }),
    release: (session, number) => inContent(session, { kind: 'release', number }),
    remove: async (session, number) =>
      loop.cancel(session.clientId, session.epoch, number) ? 'written' : inContent(session, { kind: 'remove', number }),
    arrive: (session, arrival) => inContent(session, { kind: 'arrive', arrival: { ...arrival, passedOn: false } }),
    passOn: (session, arrival, handovers) => loop.add({ does: 'pass-on', session, arrival, handovers }),
    complete: (session, packetId) => inContent(session, { kind: 'complete', packetId }),
    leave: (session, leave) => change(session, { kind: 'leave', leave }),
    forgetWill: (session) => change(session, { kind: 'forget-will' }),
    end: (session) => change(session, { kind: 'end' }),
    check: (sessions) => question((ask) => sessionsLost(ask, owner, sessions)),
    adopt: (nowMs, graceMs) =>
      adoptAll(() =>
        owned.give((giving) =>
          question(async (ask) => {
            const from = { gone: await ownersGone(ask, presence), unsure: owned.unsure() };
            return adoptSome(ask, giving, from, { nowMs, graceMs });
          }),
        ),
      ),
    expire: (nowMs, sessionsMax) => question((ask) => expireSessions(ask, owner, nowMs, sessionsMax)),
    retain: (topic, message) => loop.add({ does: 'retain', topic, message }),
    retained: () => question(readRetained),
    onNews: news.onNews,
    close: () => (closing ??= closeAll()),
  };
};
