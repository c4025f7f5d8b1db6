/**
 * Names that only one holds at a time, of all processes: advisory locks of one connection, which is open only while
 * something is held. What a process holds that is killed ends with its connection. It says that somebody is at it, and
 * nothing more: what may happen only once has to be kept from happening twice where it is recorded.
 */
import { createHash } from 'node:crypto';
import type { Hold, Holds } from '@plenum/runtime';
import type pg from 'pg';
import { openPool, setKeepalives } from '../pool.ts';
import { translateError } from '../translate-error.ts';
import { type Session, sharedSession } from './shared-session.ts';

export type PostgresHolds = Holds & {
  /** Lets go of everything. */
  close(): Promise<void>;
};

/** Longer than anything is held that goes well. */
const silentMsMax = 15_000;

/** Opens no connection yet. */
export const postgresHolds = ({ url }: { readonly url: string }): PostgresHolds => {
  const pool = openPool({ url, applicationName: 'plenum requests', connectionsMax: 1, silentMaxMs: silentMsMax });
  const sessions = sharedSession(pool, prepare);
  /** A connection may lock the same twice, so what is held here is known here. */
  const here = new Set<string>();

  const letGo = async (session: Session, name: string): Promise<void> => {
    try {
      await session.client.query('select pg_advisory_unlock($1)', [lockOf(name)]);
      session.leave();
    } catch {
      session.abandon();
    }
    here.delete(name);
  };
  const tryToHold = async (name: string): Promise<Hold | undefined> => {
    const session = await sessions.enter();
    try {
      const text = 'select pg_try_advisory_lock($1) as held';
      const { rows } = await session.client.query<{ readonly held: boolean }>(text, [lockOf(name)]);
      if (rows[0]?.held === true) return { letGo: () => letGo(session, name) };
    } catch (error) {
      session.abandon();
      throw error;
    }
    session.leave();
    return undefined;
  };

  return {
    hold: async (name) => {
      if (here.has(name)) return undefined;
      here.add(name);
      let hold: Hold | undefined;
      try {
        hold = await tryToHold(name);
      } catch (error) {
        throw translateError(error);
      } finally {
        if (hold === undefined) here.delete(name);
      }
      return hold;
    },
    close: () => {
      sessions.abandon();
      return pool.end();
    },
  };
};

const prepare = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`set statement_timeout = 3000; set idle_session_timeout = ${2 * silentMsMax}; ${setKeepalives}`);
};

/** Advisory locks are numbers: 64 bits of a digest, which no two names in use share. */
const lockOf = (name: string): bigint =>
  createHash('sha256').update('plenum hold ').update(name).digest().readBigInt64BE();
