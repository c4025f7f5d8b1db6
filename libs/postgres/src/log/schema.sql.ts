/**
 * The Postgres log's tables and functions, in steps that are only added to. What they mean and why they look like
 * this is in `docs/decisions/0003-the-postgres-log-stores-batches.md`.
 */
import type { LogSchema } from './log-database.ts';

/** The same in either schema: locks and channels carry its name. */
export const schemaSteps = (schema: LogSchema): readonly string[] =>
  steps.map((step) => step.replaceAll('plenum_log', schema));

/** `notifies` is a condition, with `and` behind it. */
const appendFunction = (notifies: string): string => `create or replace function plenum_log.append(
  p_producer uuid, p_seq bigint, p_topics int[], p_parts int[], p_counts int[],
  p_high_ms bigint[], p_bytes int[], p_bodies bytea
) returns bigint[] language plpgsql as $$
declare
  v_seq bigint;
  v_firsts bigint[];
  v_ends text;
  v_first bigint;
  v_high_ms bigint;
  v_byte int := 1;
begin
  -- A database that answers before it has flushed would make every acknowledgement a lie.
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  if p_producer is not null then
    select last_seq, first_offsets into v_seq, v_firsts from plenum_log.log_producer where producer_id = p_producer;
    if v_seq = p_seq then
      return v_firsts;
    end if;
    if v_seq > p_seq then
      raise exception 'append % of producer % was given up: append % is in the log', p_seq, p_producer, v_seq;
    end if;
  end if;

  -- One row after another: a statement over all of them takes longer for as few as there are.
  v_firsts := '{}';
  for i in 1 .. cardinality(p_topics) loop
    -- Ascending, so that two appenders never wait for each other.
    if (p_topics[i - 1], p_parts[i - 1]) > (p_topics[i], p_parts[i]) then
      raise exception 'append names its partitions out of order';
    end if;
    -- Waits for another append to the partition, and goes on from what that one has committed.
    update plenum_log.log_head h
       set next_offset = h.next_offset + p_counts[i], time_high_ms = greatest(h.time_high_ms, p_high_ms[i])
     where h.topic = p_topics[i] and h.part = p_parts[i]
     returning h.next_offset - p_counts[i], h.time_high_ms into v_first, v_high_ms;
    if not found then
      raise exception 'append names a partition that does not exist';
    end if;
    insert into plenum_log.log_batch
      (topic, part, last_offset, record_count, time_high_ms, body)
    values (p_topics[i], p_parts[i], v_first + p_counts[i] - 1, p_counts[i], v_high_ms,
            substring(p_bodies from v_byte for p_bytes[i]));
    v_byte := v_byte + p_bytes[i];
    v_firsts[i] := v_first;
    v_ends := concat_ws(',', v_ends, p_parts[i] || ':' || v_first + p_counts[i]);
    -- Once for each topic, to those who follow it; longer payloads are refused by Postgres, and an empty one means "look".
    if ${notifies}p_topics[i] is distinct from p_topics[i + 1] then
      perform pg_notify('plenum_log_' || p_topics[i], case when length(v_ends) < 7900 then v_ends else '' end);
      v_ends := null;
    end if;
  end loop;

  if p_producer is not null then
    insert into plenum_log.log_producer as p (producer_id, last_seq, first_offsets) values (p_producer, p_seq, v_firsts)
      on conflict (producer_id) do update
         set last_seq = excluded.last_seq, first_offsets = excluded.first_offsets, seen_at = clock_timestamp()
       where p.last_seq < excluded.last_seq;
    -- Another attempt, on a connection that was thought lost, was under way and is in the log: undo this one, ask again.
    if not found then
      raise exception 'append % of producer % was under way already', p_seq, p_producer using errcode = '40001';
    end if;
  end if;
  return v_firsts;
end $$;
`;

const steps: readonly string[] = [
  `
create table plenum_log.log_topic (
  id int generated always as identity primary key,
  name text not null unique,
  partitions int not null check (partitions > 0)
);

-- One row per partition. Its lock, held until commit, is what makes offset order commit order.
create table plenum_log.log_head (
  topic int not null references plenum_log.log_topic,
  part int not null,
  next_offset bigint not null default 0,
  log_start bigint not null default 0,
  time_high_ms bigint not null default 0,
  primary key (topic, part)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table plenum_log.log_batch (
  last_offset bigint not null,
  -- The greatest time of this and every earlier record of the partition: it never falls, so a search by time is exact,
  -- and halves its way along the key.
  time_high_ms bigint not null,
  topic int not null,
  part int not null,
  record_count int not null check (record_count > 0),
  body bytea not null,
  primary key (topic, part, last_offset)
);
-- It is compressed already, where that gains anything.
alter table plenum_log.log_batch alter column body set storage external;

-- The last append of every producer and what it answered, so that sending it again changes nothing.
create table plenum_log.log_producer (
  producer_id uuid primary key,
  last_seq bigint not null,
  first_offsets bigint[] not null,
  seen_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- A connection that its process is known by: it is there as long as its lock is held and its time is not over.
create table plenum_log.log_session (
  id int generated always as identity primary key,
  expires_at timestamptz not null
) with (fillfactor = 50);

create table plenum_log.log_member (
  grp text not null,
  member uuid not null,
  session int not null,
  -- What it wants a share of: nothing any more once it is leaving.
  topics int[] not null,
  primary key (grp, member)
);

-- A partition is its member's for as long as that member's session is there.
create table plenum_log.log_lease (
  grp text not null,
  topic int not null references plenum_log.log_topic,
  part int not null,
  member uuid,
  epoch bigint not null default 0,
  primary key (grp, topic, part)
) with (fillfactor = 50);

-- For people: what is where.
create view plenum_log.batches as
  select t.name as topic, b.part as partition, b.last_offset - b.record_count + 1 as first_offset, b.last_offset,
         b.record_count as records, to_timestamp(b.time_high_ms / 1000.0) as greatest_time, octet_length(b.body) as bytes
    from plenum_log.log_batch b join plenum_log.log_topic t on t.id = b.topic;
`,
  `
${appendFunction('')}`,
  `
-- The last offset of the first batch that reaches this time; null when none does.
create function plenum_log.batch_at(p_topic int, p_part int, p_time_ms bigint) returns bigint
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_from bigint;
  v_to bigint;
  v_batch record;
  v_found bigint;
begin
  select h.log_start, h.next_offset into v_from, v_to
    from plenum_log.log_head h where h.topic = p_topic and h.part = p_part;
  -- What is before v_from does not reach it, what is at v_to and after does.
  while v_from < v_to loop
    select b.last_offset, b.last_offset - b.record_count + 1 as first_offset, b.time_high_ms into v_batch
      from plenum_log.log_batch b
     where b.topic = p_topic and b.part = p_part and b.last_offset >= v_from + (v_to - v_from) / 2
     order by b.last_offset limit 1;
    if v_batch.time_high_ms >= p_time_ms then
      v_found := v_batch.last_offset;
      v_to := v_batch.first_offset;
    else
      v_from := v_batch.last_offset + 1;
    end if;
  end loop;
  return v_found;
end $$;

-- One look at some partitions, each from an offset of its own: its ends, and the batches from the one that holds that offset
-- until one of the limits is reached (nulls when there are none). Every partition gets its share of the bytes; those that come
-- last get nothing when p_bytes is reached. All from one snapshot, the caller's. The length of a body stored out of line
-- is known without reading it.
create function plenum_log.fetch(p_topics int[], p_parts int[], p_froms bigint[], p_rows int, p_records bigint, p_bytes bigint)
returns table (ask bigint, log_start bigint, next_offset bigint, last_offset bigint, record_count int, body bytea)
-- By the key, whatever is known of the table: anything else reads a partition to its end for the sake of its first rows.
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  return query
    select f.i, f.log_start, f.next_offset,
           case when f.fits then f.last_offset end, case when f.fits then f.record_count end,
           case when f.fits then f.body end
      from (
        select a.i, h.log_start, h.next_offset, b.last_offset, b.record_count, b.body,
               coalesce(sum(octet_length(b.body)) over (order by a.i, b.last_offset
                 rows between unbounded preceding and 1 preceding), 0) < p_bytes as fits
          from unnest(p_topics, p_parts, p_froms) with ordinality as a(topic, part, from_offset, i)
          join plenum_log.log_head h on h.topic = a.topic and h.part = a.part
          left join lateral (
            select * from (
              select c.*, sum(octet_length(c.body)) over (order by c.last_offset) - octet_length(c.body) as bytes_before,
                     sum(c.record_count) over (order by c.last_offset) - c.record_count as records_before
                from (select r.last_offset, r.record_count, r.body from plenum_log.log_batch r
                       where r.topic = a.topic and r.part = a.part and r.last_offset >= a.from_offset
                       order by r.last_offset limit p_rows) c
            ) s where s.bytes_before < p_bytes / cardinality(p_topics) and s.records_before < p_records
          ) b on true
      ) f
     order by f.i, f.last_offset;
end $$;
`,
  `
-- Times are the database's: members' clocks differ. A change of members or leases holds this lock until commit.
create function plenum_log.lock_groups() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('plenum_log.groups', 0))
$$;

-- Begins a session of this connection. Its lock ends with the connection, whatever becomes of the process.
create function plenum_log.session_open(p_ttl_ms int) returns int language plpgsql as $$
declare
  v_session int;
begin
  insert into plenum_log.log_session (expires_at)
    values (clock_timestamp() + make_interval(secs => p_ttl_ms / 1000.0)) returning id into v_session;
  perform pg_advisory_lock(hashtext('plenum_log.session'), v_session);
  return v_session;
end $$;

-- A session takes its lock before its row is seen, so what is here without one had a connection and lost it.
create view plenum_log.log_session_disconnected as
  select s.id from plenum_log.log_session s
   where not exists (
     select from pg_locks l
      where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.objid = s.id::oid
        and l.classid = (hashtext('plenum_log.session')::bigint & 4294967295)::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database()));

-- Frees what members held whose session is over, and tells their groups. To be called with the groups locked.
create function plenum_log.sweep_sessions() returns void language plpgsql as $$
declare
  v_disconnected int[] := array(select d.id from plenum_log.log_session_disconnected d);
  v_group text;
begin
  delete from plenum_log.log_session s where s.expires_at < clock_timestamp() or s.id = any(v_disconnected);
  for v_group in
    with gone as (
      delete from plenum_log.log_member m
       where not exists (select from plenum_log.log_session s where s.id = m.session) returning m.grp, m.member
    ), freed as (
      update plenum_log.log_lease l set member = null from gone g where l.grp = g.grp and l.member = g.member
    )
    select distinct g.grp from gone g
  loop
    perform pg_notify('plenum_log', v_group);
  end loop;
end $$;

-- One heartbeat for all members of a session. False: its time was over, and others may have what it held.
create function plenum_log.session_beat(p_session int, p_ttl_ms int) returns boolean language plpgsql as $$
begin
  update plenum_log.log_session s set expires_at = clock_timestamp() + make_interval(secs => p_ttl_ms / 1000.0)
   where s.id = p_session and s.expires_at >= clock_timestamp();
  if not found then
    return false;
  end if;
  if exists (select from plenum_log.log_session s where s.expires_at < clock_timestamp())
     or exists (select from plenum_log.log_session_disconnected) then
    perform plenum_log.lock_groups();
    perform plenum_log.sweep_sessions();
  end if;
  return true;
end $$;

-- Takes for a member what is its fair share of the free partitions, and says what it has now. What is marked surplus is
-- to be given back when the batch in hand is done. A session that has ended has nothing and takes nothing.
create function plenum_log.lease_tick(p_grp text, p_member uuid, p_session int, p_topics int[])
returns table (topic int, part int, epoch bigint, surplus boolean) language plpgsql as $$
#variable_conflict use_column
declare
  v_new boolean;
  v_topic int;
  v_members int;
  v_rank int;
  v_partitions int;
  v_share int;
begin
  perform plenum_log.lock_groups();
  perform plenum_log.sweep_sessions();
  if not exists (select from plenum_log.log_session s where s.id = p_session) then
    return;
  end if;
  insert into plenum_log.log_member as m (grp, member, session, topics) values (p_grp, p_member, p_session, p_topics)
    on conflict (grp, member) do update set session = excluded.session, topics = excluded.topics
      where m.session <> excluded.session or m.topics <> excluded.topics
    returning xmax = 0 into v_new;
  if v_new then
    insert into plenum_log.log_lease (grp, topic, part)
      select p_grp, t.id, p.part
        from plenum_log.log_topic t, generate_series(0, t.partitions - 1) p(part)
       where t.id = any(p_topics)
      on conflict do nothing;
    perform pg_notify('plenum_log', p_grp);
  end if;

  foreach v_topic in array p_topics loop
    select count(*), count(*) filter (where m.member < p_member) into v_members, v_rank
      from plenum_log.log_member m where m.grp = p_grp and v_topic = any(m.topics);
    select t.partitions into v_partitions from plenum_log.log_topic t where t.id = v_topic;
    -- Turned by the topic's number, so that the same member does not get the odd partition of every topic.
    v_share := v_partitions / v_members
      + case when (v_rank + v_topic) % v_members < v_partitions % v_members then 1 else 0 end;
    update plenum_log.log_lease l set member = p_member, epoch = l.epoch + 1
     where l.grp = p_grp and l.topic = v_topic and l.part in (
       select f.part from plenum_log.log_lease f
        where f.grp = p_grp and f.topic = v_topic and f.member is null
        order by f.part
        limit greatest(0, v_share - (select count(*) from plenum_log.log_lease o
          where o.grp = p_grp and o.topic = v_topic and o.member = p_member)));
    return query
      select l.topic, l.part, l.epoch, row_number() over (order by l.part) > v_share
        from plenum_log.log_lease l where l.grp = p_grp and l.topic = v_topic and l.member = p_member;
  end loop;
end $$;

create function plenum_log.lease_release(p_grp text, p_member uuid, p_topic int, p_part int, p_epoch bigint)
returns void language sql as $$
  select plenum_log.lock_groups();
  update plenum_log.log_lease l set member = null
   where l.grp = p_grp and l.topic = p_topic and l.part = p_part and l.member = p_member and l.epoch = p_epoch;
  select pg_notify('plenum_log', p_grp)
$$;

create function plenum_log.lease_leave(p_grp text, p_member uuid) returns void language sql as $$
  select plenum_log.lock_groups();
  update plenum_log.log_lease l set member = null where l.grp = p_grp and l.member = p_member;
  delete from plenum_log.log_member m where m.grp = p_grp and m.member = p_member;
  select pg_notify('plenum_log', p_grp)
$$;

-- From now on the others share without this member, which keeps what it holds until it gives it back.
create function plenum_log.lease_retire(p_grp text, p_member uuid) returns void language sql as $$
  select plenum_log.lock_groups();
  update plenum_log.log_member m set topics = '{}' where m.grp = p_grp and m.member = p_member;
  select pg_notify('plenum_log', p_grp)
$$;
`,
  `
-- Few rows that are changed all the time: what reads one clears away the dead ones, and statistics of them change no plan.
alter table plenum_log.log_head set (autovacuum_analyze_threshold = 1000000);
alter table plenum_log.log_producer set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000000);
alter table plenum_log.log_session set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000000);
-- Only added to, and read by the key whatever is known of it.
alter table plenum_log.log_batch set (
  autovacuum_vacuum_insert_threshold = 50000, autovacuum_analyze_threshold = 50000,
  toast.autovacuum_vacuum_insert_threshold = 50000);
`,
  `
-- Who has no producer notifies by itself when it has committed: transactions that notify wait for each other's disk.
${appendFunction('p_producer is not null and ')}`,
];
