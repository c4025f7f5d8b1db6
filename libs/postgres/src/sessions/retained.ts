/** Retained messages. */
import type { RetainedMessage } from '@plenum/runtime';
import { type Ask, column, digestOf } from './ask.ts';
import type { Operation } from './operations.ts';
import { sessionSchema } from './schema.ts';

export type Retain = Extract<Operation, { readonly does: 'retain' }>;

/** The last of each topic counts. */
export const writeRetained = async (ask: Ask, retains: readonly Retain[]): Promise<void> => {
  const last = new Map(retains.map(({ topic, message }) => [topic, message]));
  // In one order, so that two servers that retain on the same topics wait for each other and are not stuck.
  const all = [...last]
    .map(([topic, message]) => ({ topic, message, digest: digestOf(topic) }))
    .toSorted((a, b) => Buffer.compare(a.digest, b.digest));
  const put = all.flatMap(({ message, ...one }) => (message ? [{ ...one, message }] : []));
  const removed = all.filter(({ message }) => message === undefined);
  const asked: Promise<unknown>[] = [];
  if (put.length > 0) {
    const values = [
      column('bytea', put, ({ digest }) => digest),
      column('text', put, ({ topic }) => topic),
      column('double precision', put, ({ message }) => message.expiresAtMs),
      column('bytea', put, ({ message }) => message.body),
    ];
    asked.push(ask(putQuery, values));
  }
  if (removed.length > 0) asked.push(ask(removeQuery, [column('bytea', removed, ({ digest }) => digest)]));
  await Promise.all(asked);
};

const putQuery = `
  insert into ${sessionSchema}.retained (digest, topic, expires_at_ms, body)
  select * from unnest($1::bytea[], $2::text[], $3::float8[], $4::bytea[])
  on conflict (digest) do update set expires_at_ms = excluded.expires_at_ms, body = excluded.body`;

const removeQuery = `delete from ${sessionSchema}.retained where digest = any($1)`;

type RetainedColumns = readonly [topic: string, expiresAtMs: number | null, body: Buffer];

const messageOf = ([topic, expiresAtMs, body]: RetainedColumns): RetainedMessage => ({
  ...{ topic, body },
  expiresAtMs: expiresAtMs ?? undefined,
});

const select = `select topic, expires_at_ms, body from ${sessionSchema}.retained`;

export const readRetained = async (ask: Ask): Promise<readonly RetainedMessage[]> =>
  (await ask<RetainedColumns>(select, [])).map(messageOf);

export const readRetainedOn = async (ask: Ask, topics: readonly string[]): Promise<readonly RetainedMessage[]> => {
  const digests = column('bytea', topics, digestOf);
  return (await ask<RetainedColumns>(`${select} where digest = any($1)`, [digests])).map(messageOf);
};

export const expireRetained = async (ask: Ask, nowMs: number): Promise<void> => {
  await ask(`delete from ${sessionSchema}.retained where expires_at_ms <= $1`, [nowMs]);
};
