/** A server of sessions for tests, with connections of its own that can be cut. */
import type { TestContext } from 'node:test';
import type { SessionStore } from '@plenum/runtime';
import type { OpenedSessionServer } from '@plenum/runtime/testing';
import { type CutProxy, cutProxy } from '../../log/testing/cut-proxy.ts';
import { openPool } from '../../pool.ts';
import { type PostgresPresence, postgresPresence } from '../../presence/postgres-presence.ts';
import { silentLogger } from '../../testing/index.ts';
import { type PostgresSessionStoreParts, postgresSessionStore } from '../postgres-session-store.ts';

export type TestSessionServer = OpenedSessionServer & { readonly proxy: CutProxy };

export type SessionServers = {
  open(more?: Partial<PostgresSessionStoreParts>): Promise<TestSessionServer>;
};

/** Of the database at this URL. All are closed after the test. */
export const sessionServers = async (t: TestContext, url: string): Promise<SessionServers> => {
  const seer = openPool({ url, applicationName: 'who is there', connectionsMax: 1 });
  const seen = await postgresPresence({ pool: seer, logger: silentLogger });
  const open = new Map<string, () => Promise<void>>();
  // Registered before the proxies are: what closes has to reach the database.
  t.after(async () => {
    for (const close of open.values()) await close();
    await seen.close();
    await seer.end();
  });
  return {
    open: async (more = {}) => {
      const proxy = await cutProxy(t, url);
      const { store, close } = await openServer(proxy.url, more);
      open.set(store.owner, close);
      const kill = async (): Promise<void> => {
        open.delete(store.owner);
        proxy.cut('at-once');
        await close().catch(() => undefined); // It could not give up what it had.
        // The server closes a connection in its own time.
        while ((await seen.absent([store.owner])).length === 0);
      };
      return { store, kill, proxy };
    },
  };
};

const openServer = async (url: string, more: Partial<PostgresSessionStoreParts>) => {
  const pool = openPool({ url, applicationName: 'sessions under test', connectionsMax: 5 });
  const presence: PostgresPresence = await postgresPresence({ pool, logger: silentLogger });
  const store: SessionStore = await postgresSessionStore({ pool, presence, logger: silentLogger, ...more });
  const close = async (): Promise<void> => {
    try {
      await store.close();
    } finally {
      await presence.close();
      await pool.end();
    }
  };
  return { store, close };
};
