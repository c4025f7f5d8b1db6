/** Ends sessions whose time is over, and gives sessions up. */
import type { SessionRef } from '@plenum/runtime';
import { type Ask, column, wholes } from './ask.ts';
import { sendNews } from './news.ts';
import { expireRetained } from './retained.ts';
import { sessionSchema } from './schema.ts';
import { endSessions, lockRows, type SessionRow } from './session-row.ts';

/** For those who had them. */
export const lostIn = (rows: readonly SessionRow[]) =>
  rows.flatMap(({ owner, clientId, epoch }) =>
    owner === undefined ? [] : [{ owner, session: { clientId, epoch } satisfies SessionRef }],
  );

/** As many as go into one transaction; the rest with the next call. */
export const expireSessions = async (
  ask: Ask,
  owner: string,
  nowMs: number,
  sessionsMax: number,
): Promise<readonly SessionRef[]> => {
  const [over, beyond] = await Promise.all([
    lockRows(ask, overQuery, [nowMs]),
    lockRows(ask, beyondQuery, [nowMs, sessionsMax]),
    expireRetained(ask, nowMs),
  ]);
  const rows = [...over, ...beyond];
  await Promise.all([endSessions(ask, rows), sendNews(ask, owner, { lost: lostIn(rows), topics: [] })]);
  return rows.map(({ clientId, epoch }) => ({ clientId, epoch }));
};

const overQuery = 'where ends_at_ms <= $1 and will is null limit 10000 for update skip locked';

const beyondQuery = `
  where client_id in (select client_id from ${sessionSchema}.session
                       where away_since_ms is not null and will is null and ends_at_ms > $1
                       order by away_since_ms desc offset $2 limit 10000)
    and away_since_ms is not null and will is null
  order by client_id for update skip locked`;

/** Those that are not this owner's. */
export const sessionsLost = async (
  ask: Ask,
  owner: string,
  sessions: readonly SessionRef[],
): Promise<readonly SessionRef[]> => {
  const found = await ask<readonly [place: string]>(haveQuery, [
    column('text', sessions, ({ clientId }) => clientId),
    wholes(sessions, ({ epoch }) => epoch),
    owner,
  ]);
  const kept = new Set(found.map(([place]) => Number(place) - 1));
  return sessions.filter((_, index) => !kept.has(index));
};

const haveQuery = `
  select n.place from unnest($1::text[], $2::bigint[]) with ordinality as n (client_id, epoch, place)
    join ${sessionSchema}.session s on s.client_id = n.client_id and s.epoch = n.epoch
   where s.owner = $3`;

/** Others may adopt them from then on. */
export const giveUpAll = async (ask: Ask, owner: string): Promise<void> => {
  await ask(`update ${sessionSchema}.session set owner = null where owner = $1`, [owner]);
};
