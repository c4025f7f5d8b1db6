/** Takes over the sessions of servers that are gone. */
import {
  type Adopted,
  type AdoptedSession,
  type Adoption,
  adoptedLife,
  type Presence,
  TransientFailure,
} from '@plenum/runtime';
import { type Ask, column } from './ask.ts';
import { lostIn } from './give-up.ts';
import { sendNews } from './news.ts';
import type { Giving } from './ownership.ts';
import { readSubscriptions, readWaiting, type Waiting } from './read-contents.ts';
import { sessionSchema } from './schema.ts';
import { emptySessions, endSessions, giveTo, lockRows, readWills, updateLives } from './session-row.ts';

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

type Some = Adopted & { readonly isAll: boolean };

/** One transaction after the other. What was adopted before one fails is answered, and the rest is left to the next call. */
export const adoptAll = async (adoptMore: () => Promise<Some>): Promise<Adopted> => {
  const sessions: AdoptedSession[] = [];
  const ended: string[] = [];
  for (;;) {
    try {
      const some = await adoptMore();
      sessions.push(...some.sessions);
      ended.push(...some.ended);
      if (some.isAll) return { sessions, ended };
    } catch (error) {
      const isSome = sessions.length > 0 || ended.length > 0;
      if (isSome && error instanceof TransientFailure) return { sessions, ended };
      throw error;
    }
  }
};

export type AdoptFrom = {
  /** Owners whose process is gone. */
  readonly gone: readonly string[];
  /** See `ownership`. */
  readonly unsure: readonly number[];
};

/** As many as go into one transaction. What another adopts at this moment is skipped. */
export const adoptSome = async (
  ask: Ask,
  giving: Giving,
  { gone, unsure }: AdoptFrom,
  adoption: Adoption,
): Promise<Some> => {
  const rows = await lockRows(ask, goneQuery, [
    column('text', gone, (mark) => mark),
    giving.owner,
    column('integer', unsure, (call) => call),
  ]);
  if (rows.length === 0) return { sessions: [], ended: [], isAll: true };
  const waiting = await readWaiting(
    ask,
    rows.map(({ content }) => content),
  );
  const all = rows.map((row) => ({
    row,
    ...adoptedLife(row.life, waiting.get(row.content)?.lastNumber ?? 0, adoption),
  }));
  const over = all.filter(({ keeps }) => keeps === 'nothing').map(({ row }) => row);
  const kept = all.filter(({ keeps }) => keeps !== 'nothing').map(({ row, life }) => ({ ...row, life }));
  const emptied = all.filter(({ keeps }) => keeps === 'will').map(({ row }) => row.content);
  const [, , , epochs, wills, subscriptions] = await Promise.all([
    emptySessions(ask, emptied),
    endSessions(ask, over),
    updateLives(ask, kept),
    giveTo(ask, giving, kept),
    readWills(ask, kept),
    readSubscriptions(
      ask,
      kept.map(({ content }) => content),
    ),
    sendNews(ask, giving.owner, { lost: lostIn(rows), topics: [] }),
  ]);
  const byContent = Map.groupBy(subscriptions, ([content]) => content);
  const sessions = kept.map((row): AdoptedSession => {
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
  return { sessions, ended: over.map(({ clientId }) => clientId), isAll: rows.length < atOnceMax };
};

/** So that no statement takes longer than it may. */
const atOnceMax = 2_000;

const goneQuery = `
  where owner = any($1) or owner is null or (owner = $2 and given_in = any($3))
  limit ${atOnceMax} for update skip locked`;

const nothingWaits: Waiting = { lastNumber: 0, waitingMessages: 0, waitingBytes: 0 };
