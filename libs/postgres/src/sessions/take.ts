/** Takes sessions: new ones are put in, others are given to their new owner with what is in them, or without. */
import { isSessionOver, type TakenSession, type TakeSession } from '@plenum/runtime';
import { type Ask, column } from './ask.ts';
import type { Giving } from './ownership.ts';
import { type Contents, readContents } from './read-contents.ts';
import { sessionSchema } from './schema.ts';
import { emptySessions, readWills, type SessionRow } from './session-row.ts';

export type Take = { readonly asked: TakeSession; readonly nowMs: number };

/** Those of them that were not there are, with their epochs. */
export const insertNew = async (
  ask: Ask,
  giving: Giving,
  takes: readonly Take[],
): Promise<ReadonlyMap<string, number>> => {
  if (takes.length === 0) return new Map();
  const rows = await ask<readonly [clientId: string, epoch: string]>(insertQuery, [
    ...[giving.owner, giving.call],
    ...columnsOf(takes),
  ]);
  return new Map(rows.map(([clientId, epoch]) => [clientId, Number(epoch)]));
};

const columnsOf = (takes: readonly Take[]): readonly Buffer[] => [
  column('text', takes, ({ asked }) => asked.clientId),
  column('double precision', takes, ({ asked }) => asked.expiryMs),
  column('bytea', takes, ({ asked }) => asked.will?.body),
  column('double precision', takes, ({ asked }) => asked.will?.delayMs),
];

/** In the order of their names, so that two servers that put in the same wait for each other and are not stuck. */
const insertQuery = `
  insert into ${sessionSchema}.session
    (client_id, epoch, content, owner, given_in, expiry_ms, sent_number, will, will_delay_ms)
  select client_id, epoch, epoch, $1::text, $2::int, expiry_ms, 'infinity', will, will_delay_ms
    from (select *, nextval('${sessionSchema}.epoch') as epoch
            from (select * from unnest($3::text[], $4::float8[], $5::bytea[], $6::float8[])
                    as n (client_id, expiry_ms, will, will_delay_ms) order by client_id collate "C") n) n
  on conflict (client_id) do nothing
  returning client_id, epoch`;

export const isPresent = ({ asked, nowMs }: Take, { life }: SessionRow): boolean =>
  !asked.clean && !isSessionOver(life, nowMs);

/** A session that was there and is locked. */
export type TakenRow = Take & { readonly before: SessionRow };

/** In the order of `taken`. */
export const takeRows = async (
  ask: Ask,
  giving: Giving,
  taken: readonly TakenRow[],
): Promise<readonly TakenSession[]> => {
  if (taken.length === 0) return [];
  const isKept = taken.map((take) => isPresent(take, take.before));
  const contents = (wanted: boolean): readonly number[] =>
    taken.filter((_, index) => isKept[index] === wanted).map(({ before }) => before.content);
  const [wills, rows, found] = await Promise.all([
    readWills(
      ask,
      taken.filter(({ asked, before }) => asked.clean && before.life.away !== undefined).map(({ before }) => before),
    ),
    ask<readonly [clientId: string, epoch: string]>(takeQuery, [
      ...[giving.owner, giving.call],
      ...columnsOf(taken),
      column('boolean', [...isKept], (kept) => kept),
    ]),
    readContents(ask, contents(true)),
    emptySessions(ask, contents(false)),
  ]);
  const epochs = new Map(rows.map(([clientId, epoch]) => [clientId, Number(epoch)]));
  return taken.map(({ asked: { clientId }, before }) => {
    const epoch = epochs.get(clientId);
    if (epoch === undefined) throw new Error('a session that was locked is not there');
    const taking = takenSession({ clientId, epoch }, before, found(before.content));
    return { ...taking, endedWill: wills.get(clientId) };
  });
};

const takeQuery = `
  update ${sessionSchema}.session s
     set epoch = n.epoch, content = case when n.kept then s.content else n.epoch end, owner = $1, given_in = $2,
         expiry_ms = n.expiry_ms,
         away_since_ms = null, ends_at_ms = null, sent_number = 'infinity',
         will = n.will, will_delay_ms = n.will_delay_ms, will_due_ms = null
    from (select *, nextval('${sessionSchema}.epoch') as epoch
            from unnest($3::text[], $4::float8[], $5::bytea[], $6::float8[], $7::boolean[])
              as n (client_id, expiry_ms, will, will_delay_ms, kept)) n
   where s.client_id = n.client_id
  returning s.client_id, s.epoch`;

const takenSession = (
  ref: { readonly clientId: string; readonly epoch: number },
  { life }: SessionRow,
  found: Contents | undefined,
) => ({
  ...ref,
  present: found !== undefined,
  subscriptions: found?.subscriptions ?? [],
  waiting: (found?.waiting ?? []).map((message) => ({ ...message, sent: message.number <= life.sentNumber })),
  arrivals: found?.arrivals ?? [],
});

export const newSession = (clientId: string, epoch: number): TakenSession => ({
  ...{ clientId, epoch, present: false },
  ...{ subscriptions: [], waiting: [], arrivals: [], endedWill: undefined },
});
