/** A session's row: read, locked, and written back. */
import type { SessionLife, SessionRef } from '@plenum/runtime';
import { type Ask, column, wholes } from './ask.ts';
import type { Giving } from './ownership.ts';
import { sessionSchema } from './schema.ts';

export type SessionRow = SessionRef & {
  readonly content: number;
  readonly owner: string | undefined;
  readonly life: SessionLife;
};

export type SessionRows = ReadonlyMap<string, SessionRow>;

/** Of a session that is still this server's. */
export const currentRow = (rows: SessionRows, { clientId, epoch }: SessionRef): SessionRow | undefined => {
  const row = rows.get(clientId);
  return row?.epoch === epoch ? row : undefined;
};

const rowColumns = `client_id, epoch, content, owner, expiry_ms, away_since_ms, ends_at_ms, sent_number,
  will_delay_ms, will_due_ms`;

type RowColumns = readonly [
  clientId: string,
  epoch: string,
  content: string,
  owner: string | null,
  expiryMs: number,
  awaySinceMs: number | null,
  endsAtMs: number | null,
  sentNumber: number,
  willDelayMs: number | null,
  willDueMs: number | null,
];

const rowOf = (columns: RowColumns): SessionRow => {
  const [clientId, epoch, content, owner, expiryMs, sinceMs, endsAtMs, sentNumber, delayMs, dueAtMs] = columns;
  const away = sinceMs === null || endsAtMs === null ? undefined : { sinceMs, endsAtMs };
  const will = delayMs === null ? undefined : { delayMs, dueAtMs: dueAtMs ?? undefined };
  const life = { expiryMs, away, sentNumber, will };
  return { clientId, epoch: Number(epoch), content: Number(content), owner: owner ?? undefined, life };
};

/** The rows for which `where` holds; `how` says in which order they are locked, and what becomes of those that are locked. */
export const lockRows = async (ask: Ask, where: string, values: readonly unknown[]): Promise<readonly SessionRow[]> => {
  const rows = await ask<RowColumns>(`select ${rowColumns} from ${sessionSchema}.session ${where}`, values);
  return rows.map(rowOf);
};

/** In the order of their names, so that two batches wait for each other and are not stuck. */
export const lockClients = (ask: Ask, clientIds: readonly string[]): Promise<readonly SessionRow[]> =>
  lockRows(ask, 'where client_id = any($1) order by client_id for update', [
    column('text', clientIds, (clientId) => clientId),
  ]);

/** Writes what has become of sessions that are locked. A will that is in no life any more is dropped. */
export const updateLives = async (ask: Ask, rows: readonly SessionRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await ask(updateQuery, [
    column('text', rows, ({ clientId }) => clientId),
    column('double precision', rows, ({ life }) => life.expiryMs),
    column('double precision', rows, ({ life }) => life.away?.sinceMs),
    column('double precision', rows, ({ life }) => life.away?.endsAtMs),
    column('double precision', rows, ({ life }) => life.sentNumber),
    column('double precision', rows, ({ life }) => life.will?.delayMs),
    column('double precision', rows, ({ life }) => life.will?.dueAtMs),
  ]);
};

const updateQuery = `
  update ${sessionSchema}.session s
     set expiry_ms = u.expiry_ms, away_since_ms = u.away_since_ms, ends_at_ms = u.ends_at_ms, sent_number = u.sent_number,
         will = case when u.will_delay_ms is not null then s.will end,
         will_delay_ms = u.will_delay_ms, will_due_ms = u.will_due_ms
    from unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[])
      as u (client_id, expiry_ms, away_since_ms, ends_at_ms, sent_number, will_delay_ms, will_due_ms)
   where s.client_id = u.client_id`;

/** Gives them to another owner, under epochs that have never been. */
export const giveTo = async (
  ask: Ask,
  giving: Giving,
  rows: readonly SessionRow[],
): Promise<ReadonlyMap<string, number>> => {
  if (rows.length === 0) return new Map();
  const given = await ask<readonly [clientId: string, epoch: string]>(giveQuery, [
    column('text', rows, ({ clientId }) => clientId),
    ...[giving.owner, giving.call],
  ]);
  return new Map(given.map(([clientId, epoch]) => [clientId, Number(epoch)]));
};

const giveQuery = `
  update ${sessionSchema}.session set owner = $2, given_in = $3, epoch = nextval('${sessionSchema}.epoch')
   where client_id = any($1) returning client_id, epoch`;

/** Sessions that are locked, and everything in them. */
export const endSessions = async (ask: Ask, rows: readonly SessionRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await Promise.all([
    ask(`delete from ${sessionSchema}.session where client_id = any($1)`, [
      column('text', rows, ({ clientId }) => clientId),
    ]),
    emptySessions(
      ask,
      rows.map(({ content }) => content),
    ),
  ]);
};

export const emptySessions = async (ask: Ask, contents: readonly number[]): Promise<void> => {
  if (contents.length === 0) return;
  const values = [wholes(contents, (content) => content)];
  await Promise.all(
    ['message', 'subscription', 'arrival'].map((table) =>
      ask(`delete from ${sessionSchema}.${table} where content = any($1)`, values),
    ),
  );
};

/** What they have left to be published, by client. */
export const readWills = async (ask: Ask, rows: readonly SessionRow[]): Promise<ReadonlyMap<string, Buffer>> => {
  const withWill = rows.filter(({ life }) => life.will !== undefined);
  if (withWill.length === 0) return new Map();
  const names = column('text', withWill, ({ clientId }) => clientId);
  return new Map(await ask<readonly [string, Buffer]>(willsQuery, [names]));
};

const willsQuery = `select client_id, will from ${sessionSchema}.session where client_id = any($1) and will is not null`;
