/** Takes over the sessions of servers that are gone, and ends those whose time is over. */
import { type AdoptedSession, type Adoption, adoptedLife, type Presence, type SessionRef } from '@plenum/runtime';
import { type Ask, column, wholes } from './ask.ts';
import { sendNews } from './news.ts';
import { readSubscriptions, readWaiting, type Waiting } from './read-contents.ts';
import { expireRetained } from './retained.ts';
import { sessionSchema } from './schema.ts';
import { emptySessions, endSessions, giveTo, lockRows, type SessionRow, updateLives } from './session-row.ts';

/** Marks of processes that have sessions, without a look at every session. */
const ownersQuery = `
  with recursive owners as (
    (select owner from ${sessionSchema}.session where owner is not null order by owner limit 1)
    union all
    select (select s.owner from ${sessionSchema}.session s where s.owner > o.owner order by s.owner limit 1)
      from owners o where o.owner is not null
  )
  select owner from owners where owner is not null`;

/** Those whose process is gone. @throws TransientFailure */
export const ownersGone = async (ask: Ask, presence: Presence): Promise<readonly string[]> => {
  const rows = await ask<readonly [owner: string]>(ownersQuery, []);
  const others = rows.map(([owner]) => owner).filter((owner) => owner !== presence.mark);
  return others.length === 0 ? [] : presence.absent(others);
};

/** What another adopts at this moment is skipped. In a transaction. */
export const adoptSessions = async (
  ask: Ask,
  owner: string,
  gone: readonly string[],
  adoption: Adoption,
): Promise<readonly AdoptedSession[]> => {
  const rows = await lockRows(ask, goneQuery, [column('text', gone, (mark) => mark)]);
  if (rows.length === 0) return [];
  const waiting = await readWaiting(
    ask,
    rows.map(({ content }) => content),
  );
  const all = rows.map((row) => ({
    row,
    ...adoptedLife(row.life, waiting.get(row.content)?.lastNumber ?? 0, adoption),
  }));
  const kept = all.filter(({ keeps }) => keeps !== 'nothing').map(({ row, life }) => ({ ...row, life }));
  const emptied = all.filter(({ keeps }) => keeps === 'will').map(({ row }) => row.content);
  const [, , , epochs, wills, subscriptions] = await Promise.all([
    emptySessions(ask, emptied),
    endSessions(
      ask,
      all.filter(({ keeps }) => keeps === 'nothing').map(({ row }) => row),
    ),
    updateLives(ask, kept),
    giveTo(ask, owner, kept),
    readWills(ask, kept),
    readSubscriptions(
      ask,
      kept.map(({ content }) => content),
    ),
    sendNews(ask, owner, { lost: lostIn(rows), topics: [] }),
  ]);
  const byContent = Map.groupBy(subscriptions, ([content]) => content);
  return kept.map((row) => {
    const { clientId, content, life } = row;
    const epoch = epochs.get(clientId);
    if (epoch === undefined) throw new Error('a session that was locked is not there');
    const will = wills.get(clientId);
    return {
      ...{ clientId, epoch },
      subscriptions: (byContent.get(content) ?? []).map(([, subscription]) => subscription),
      ...((emptied.includes(content) ? undefined : waiting.get(content)) ?? nothingWaits),
      endsAtMs: life.away?.endsAtMs ?? Number.POSITIVE_INFINITY,
      will: life.will && will && { body: will, dueAtMs: life.will.dueAtMs ?? adoption.nowMs },
    };
  });
};

const goneQuery = 'where owner = any($1) or owner is null order by client_id for update skip locked';

const nothingWaits: Waiting = { lastNumber: 0, waitingMessages: 0, waitingBytes: 0 };

const readWills = async (ask: Ask, rows: readonly SessionRow[]): Promise<ReadonlyMap<string, Buffer>> => {
  const withWill = rows.filter(({ life }) => life.will !== undefined);
  if (withWill.length === 0) return new Map();
  const names = column('text', withWill, ({ clientId }) => clientId);
  return new Map(await ask<readonly [string, Buffer]>(willsQuery, [names]));
};

const willsQuery = `select client_id, will from ${sessionSchema}.session where client_id = any($1) and will is not null`;

const lostIn = (rows: readonly SessionRow[]) =>
  rows.flatMap(({ owner, clientId, epoch }) =>
    owner === undefined ? [] : [{ owner, session: { clientId, epoch } satisfies SessionRef }],
  );

/** In a transaction. */
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

const overQuery = 'where ends_at_ms <= $1 and will is null order by client_id for update skip locked';

const beyondQuery = `
  where client_id in (select client_id from ${sessionSchema}.session
                       where away_since_ms is not null and will is null and ends_at_ms > $1
                       order by away_since_ms desc offset $2)
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
