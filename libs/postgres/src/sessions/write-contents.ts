/** Writes what a batch changes in sessions that are locked. */
import { type Ask, column, digestOf, wholes } from './ask.ts';
import type { ContentChanges } from './contents.ts';
import { sessionSchema } from './schema.ts';

export const writeContents = async (ask: Ask, changes: ContentChanges): Promise<void> => {
  await Promise.all([writeMessages(ask, changes), writeSubscriptions(ask, changes), writeArrivals(ask, changes)]);
};

const contentOf = ({ content }: { readonly content: number }): number => content;

const writeMessages = async (ask: Ask, changes: ContentChanges): Promise<void> => {
  const { put, released, removed } = changes.messages();
  const asked: Promise<unknown>[] = [];
  if (put.length > 0) {
    const values = [
      wholes(put, contentOf),
      wholes(put, ({ message }) => message.number),
      column('integer', put, ({ message }) => message.qos),
      column('boolean', put, (one) => one.released),
      column('double precision', put, ({ message }) => message.expiresAtMs),
      column('bytea', put, ({ message }) => message.body),
    ];
    asked.push(ask(putMessages, values));
  }
  for (const [text, named] of [
    [releaseMessages, released],
    [removeMessages, removed],
  ] as const) {
    if (named.length > 0) asked.push(ask(text, [wholes(named, contentOf), wholes(named, ({ number }) => number)]));
  }
  await Promise.all(asked);
};

const putMessages = `
  insert into ${sessionSchema}.message as m (content, number, qos, released, expires_at_ms, body)
  select * from unnest($1::bigint[], $2::bigint[], $3::int[], $4::boolean[], $5::float8[], $6::bytea[])
  on conflict (content, number) do update
    set qos = excluded.qos, released = excluded.released, expires_at_ms = excluded.expires_at_ms, body = excluded.body`;

const named = 'unnest($1::bigint[], $2::bigint[]) as n (content, number)';

const releaseMessages = `
  update ${sessionSchema}.message m set released = true from ${named}
   where m.content = n.content and m.number = n.number`;

const removeMessages = `
  delete from ${sessionSchema}.message m using ${named} where m.content = n.content and m.number = n.number`;

const writeSubscriptions = async (ask: Ask, changes: ContentChanges): Promise<void> => {
  const { put, removed } = changes.subscriptions();
  const asked: Promise<unknown>[] = [];
  if (put.length > 0) {
    const values = [
      wholes(put, contentOf),
      column('bytea', put, ({ subscription }) => digestOf(subscription.filter)),
      column('text', put, ({ subscription }) => subscription.filter),
      column('integer', put, ({ subscription }) => subscription.options.qos),
      column('boolean', put, ({ subscription }) => subscription.options.noLocal),
      column('boolean', put, ({ subscription }) => subscription.options.retainAsPublished),
      column('integer', put, ({ subscription }) => subscription.options.subscriptionId),
    ];
    asked.push(ask(putSubscriptions, values));
  }
  if (removed.length > 0) {
    const digests = column('bytea', removed, ({ filter }) => digestOf(filter));
    asked.push(ask(removeSubscriptions, [wholes(removed, contentOf), digests]));
  }
  await Promise.all(asked);
};

const putSubscriptions = `
  insert into ${sessionSchema}.subscription
    (content, digest, filter, qos, no_local, retain_as_published, subscription_id)
  select * from unnest($1::bigint[], $2::bytea[], $3::text[], $4::int[], $5::boolean[], $6::boolean[], $7::int[])
  on conflict (content, digest) do update
    set qos = excluded.qos, no_local = excluded.no_local, retain_as_published = excluded.retain_as_published,
        subscription_id = excluded.subscription_id`;

const removeSubscriptions = `
  delete from ${sessionSchema}.subscription s using unnest($1::bigint[], $2::bytea[]) as n (content, digest)
   where s.content = n.content and s.digest = n.digest`;

const writeArrivals = async (ask: Ask, changes: ContentChanges): Promise<void> => {
  const { put, removed } = changes.arrivals();
  const asked: Promise<unknown>[] = [];
  if (put.length > 0) {
    const values = [
      wholes(put, contentOf),
      column('integer', put, ({ arrival }) => arrival.packetId),
      wholes(put, ({ arrival }) => arrival.receivedTimeUs),
      column('text', put, ({ arrival }) => arrival.eventId),
      column('boolean', put, ({ arrival }) => arrival.passedOn),
    ];
    asked.push(ask(putArrivals, values));
  }
  if (removed.length > 0) {
    const ids = column('integer', removed, ({ packetId }) => packetId);
    asked.push(ask(removeArrivals, [wholes(removed, contentOf), ids]));
  }
  await Promise.all(asked);
};

const putArrivals = `
  insert into ${sessionSchema}.arrival (content, packet_id, received_us, event_id, passed_on)
  select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::text[], $5::boolean[])
  on conflict (content, packet_id) do update
    set received_us = excluded.received_us, event_id = excluded.event_id, passed_on = excluded.passed_on`;

const removeArrivals = `
  delete from ${sessionSchema}.arrival a using unnest($1::bigint[], $2::int[]) as n (content, packet_id)
   where a.content = n.content and a.packet_id = n.packet_id`;
