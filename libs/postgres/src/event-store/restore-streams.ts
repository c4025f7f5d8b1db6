/** Fills an empty store from relayed records. Only headers are read: it needs no schema. */
import { decisionOf, outboxRelay, type RelayedRecord, type Restored, type RestoreHow } from '@plenum/runtime';
import type pg from 'pg';
import { inTransaction } from '../pool.ts';
import { replaceReservations } from './reservations.ts';

/** As the port's `restore`, in one transaction that keeps everybody else from deciding. */
export const restoreStreams = (
  pool: pg.Pool,
  batches: AsyncIterable<readonly RelayedRecord[]>,
  { replace, reservations = () => [] }: RestoreHow,
): Promise<Restored> =>
  inTransaction(pool, async (client) => {
    await client.query(
      'lock table plenum_store.stream, plenum_store.command, plenum_store.reservation in exclusive mode',
    );
    if (!replace) await refuseUnless(client, 'the store is not empty', emptyQuery);
    // Events that are decided and not relayed would meet others of the same version.
    await refuseUnless(client, 'something in the store is not yet relayed', relayedQuery);
    if (replace) await client.query('truncate plenum_store.stream, plenum_store.stream_event, plenum_store.command');
    for await (const records of batches) await restoreBatch(client, records);
    await refuseFound(client, holesQuery, (stream) => `${stream} has a hole in the log`);
    await client.query(versionsUpdate);
    await client.query(commandsInsert);
    await replaceReservations(client, reservations());
    const { rows } = await client.query<Restored>(countsQuery);
    const [counts] = rows;
    if (counts === undefined) throw new Error('the store cannot be counted');
    return counts;
  });

const emptyQuery = `select not exists (select from plenum_store.stream_event)
  and not exists (select from plenum_store.stream) and not exists (select from plenum_store.command) as holds`;

const relayedQuery = `select not exists (
  select from plenum_store.log_head h
    join plenum_store.log_topic t on t.id = h.topic
    left join plenum.checkpoint c
      on c.consumer = '${outboxRelay.name}' and c.topic = t.name and c.part = h.part
   where h.next_offset > coalesce(c.next_offset, 0)) as holds`;

const holesQuery = `select stream::text from plenum_store.stream_event
  group by stream having count(*) <> max(version) order by stream limit 1`;

const versionsUpdate = `update plenum_store.stream s set version = e.version
  from (select stream, max(version) as version from plenum_store.stream_event group by stream) e
 where e.stream = s.stream`;

const commandsInsert = `insert into plenum_store.command (command_id, streams, versions)
  select command_id, array_agg(stream order by stream), array_agg(version order by stream)
    from (select command_id, stream, max(version) as version from plenum_store.stream_event group by command_id, stream) e
   group by command_id`;

const countsQuery = `select (select count(*)::int from plenum_store.stream) as streams,
  (select count(*)::int from plenum_store.stream_event) as events,
  (select count(*)::int from plenum_store.command) as commands,
  (select count(*)::int from plenum_store.reservation) as reservations`;

const refuseUnless = async (client: pg.ClientBase, problem: string, text: string): Promise<void> => {
  const { rows } = await client.query<{ holds: boolean }>(text);
  if (rows[0]?.holds !== true) throw new Error(problem);
};

const refuseFound = async (
  client: pg.ClientBase,
  asked: string | pg.QueryConfig,
  problem: (stream: string) => string,
): Promise<void> => {
  const { rows } = await client.query<{ stream: string }>(asked);
  const [found] = rows;
  if (found !== undefined) throw new Error(problem(found.stream));
};

/** What was sent twice is taken once. */
const restoreBatch = async (client: pg.ClientBase, records: readonly RelayedRecord[]): Promise<void> => {
  const decisions = records.map((record) => {
    const decision = decisionOf(record.headers);
    if (decision === undefined || decision === 'unreadable') {
      throw new Error(`the record at ${record.topic} ${record.key} ${record.offset} does not say which decision it is`);
    }
    return decision;
  });
  const streams = decisions.map(({ stream }) => stream);
  const versions = decisions.map(({ version }) => version);
  const headers = records.map((record) => JSON.stringify(record.headers));
  const organisations = decisions.map(({ organisation }) => organisation);
  const places = [streams, records.map(({ topic }) => topic), records.map(({ key }) => key)];

  await client.query(
    `insert into plenum_store.stream (stream, version, topic, key, organisation)
     select distinct on (a.stream) a.stream, 0, a.topic, a.key, a.organisation
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as a(stream, topic, key, organisation)
     on conflict do nothing`,
    [...places, organisations],
  );
  const elsewhere = `select s.stream::text
      from plenum_store.stream s
      join unnest($1::text[], $2::text[], $3::text[]) as a(stream, topic, key) on a.stream = s.stream
     where (s.topic, s.key) <> (a.topic, a.key) limit 1`;
  await refuseFound(client, { text: elsewhere, values: places }, (stream) => `${stream} is in two places of the log`);

  const anothers = `select s.stream::text
      from plenum_store.stream s join unnest($1::text[], $2::text[]) as a(stream, organisation) on a.stream = s.stream
     where s.organisation <> a.organisation limit 1`;
  await refuseFound(
    client,
    { text: anothers, values: [streams, organisations] },
    (stream) => `${stream} is of two organisations in the log`,
  );

  await client.query(
    `insert into plenum_store.stream_event (stream, version, command_id, recorded_ms, headers, value)
     select * from unnest($1::text[], $2::int[], $3::text[], $4::bigint[], $5::jsonb[], $6::bytea[])
     on conflict do nothing`,
    [
      streams,
      versions,
      decisions.map(({ commandId }) => commandId),
      records.map(({ timestampMs }) => timestampMs),
      headers,
      records.map(({ value }) => Buffer.from(value)),
    ],
  );
  const different = `select e.stream::text
      from plenum_store.stream_event e
      join unnest($1::text[], $2::int[], $3::jsonb[]) as a(stream, version, headers)
        on a.stream = e.stream and a.version = e.version
     where a.headers ->> 'ce_id' <> e.headers ->> 'ce_id' limit 1`;
  await refuseFound(
    client,
    { text: different, values: [streams, versions, headers] },
    (stream) => `two events claim to be the same version of ${stream}`,
  );
};
