/**
 * The tables of the store of decisions, beside a log of its own in the same schema, in steps that are only added to. Why
 * they look like this is in `docs/decisions/0013-decisions-are-stored-then-relayed.md`.
 */
export const storeSteps: readonly string[] = [
  `
-- One row per stream. Its lock, held until commit, is what makes a stream's versions dense and its rules hold.
create table plenum_store.stream (
  stream text collate "C" primary key,
  version int not null,
  -- Where the log keeps it: one partition, or its order would be lost.
  topic text not null,
  key text not null,
  -- That it belongs to, fixed by its first event.
  organisation text collate "C" not null
) with (fillfactor = 70);

-- The records as the log has them or will have them.
create table plenum_store.stream_event (
  stream text collate "C" not null,
  version int not null check (version > 0),
  command_id text collate "C" not null,
  recorded_ms bigint not null,
  headers jsonb not null,
  value bytea not null,
  primary key (stream, version)
);

-- What every command led to, so that asking again changes nothing: streams by name, each with its last version.
create table plenum_store.command (
  command_id text collate "C" primary key,
  streams text[] not null,
  versions int[] not null
);
`,
  `
-- Takes the command and moves the streams on, or says why not, and then has changed nothing. One entry per stream;
-- p_added is 0 for one that is only to be where it was.
create function plenum_store.advance(
  p_command text, p_streams text[], p_expected int[], p_added int[], p_topics text[], p_keys text[],
  p_organisations text[]
) returns table (outcome text, stream text, version int) language plpgsql as $$
#variable_conflict use_column
declare
  v_stream text;
begin
  -- Somebody else with the same command waits here for the outcome of the first.
  insert into plenum_store.command (command_id, streams, versions)
    select p_command, array_agg(a.stream order by a.stream collate "C"),
           array_agg(a.expected + a.added order by a.stream collate "C")
      from unnest(p_streams, p_expected, p_added) as a(stream, expected, added) where a.added > 0
    on conflict do nothing;
  if not found then
    return query
      select 'known', a.stream, a.version from plenum_store.command c, unnest(c.streams, c.versions) as a(stream, version)
       where c.command_id = p_command;
    return;
  end if;

  -- Streams that are not there yet get a row to lock. Both times ascending, so that nobody waits in a circle.
  insert into plenum_store.stream (stream, version, topic, key, organisation)
    select a.stream, 0, a.topic, a.key, a.organisation
      from unnest(p_streams, p_topics, p_keys, p_organisations) as a(stream, topic, key, organisation)
     order by a.stream collate "C"
    on conflict do nothing;
  perform 1 from plenum_store.stream s where s.stream = any(p_streams) order by s.stream for update;

  -- A new statement, and so a new snapshot: it sees what the former holders of the locks committed.
  return query
    select 'conflict', s.stream::text, s.version
      from plenum_store.stream s join unnest(p_streams, p_expected) as a(stream, expected) on a.stream = s.stream
     where s.version <> a.expected order by s.stream limit 1;
  if found then
    delete from plenum_store.stream s where s.stream = any(p_streams) and s.version = 0;
    delete from plenum_store.command c where c.command_id = p_command;
    return;
  end if;

  select s.stream into v_stream
    from plenum_store.stream s join unnest(p_streams, p_added, p_topics, p_keys) as a(stream, added, topic, key)
      on a.stream = s.stream
   where a.added > 0 and (s.topic, s.key) <> (a.topic, a.key) limit 1;
  if found then
    raise exception 'the events of % would not all be of one topic and key', v_stream;
  end if;

  select s.stream into v_stream
    from plenum_store.stream s join unnest(p_streams, p_added, p_organisations) as a(stream, added, organisation)
      on a.stream = s.stream
   where a.added > 0 and s.organisation <> a.organisation limit 1;
  if found then
    raise exception '% belongs to another organisation', v_stream;
  end if;

  update plenum_store.stream s set version = a.expected + a.added
    from unnest(p_streams, p_expected, p_added) as a(stream, expected, added)
   where s.stream = a.stream and a.added > 0;
  delete from plenum_store.stream s where s.stream = any(p_streams) and s.version = 0;
  return query
    select 'appended', a.stream, a.version from plenum_store.command c, unnest(c.streams, c.versions) as a(stream, version)
     where c.command_id = p_command;
end $$;
`,
  `
-- Requests that came with a key and were carried out. Kept as long as what they led to: for ever, some 150 bytes each. What
-- was carried out before there was this table, or is known from the log alone, has no row.
create table plenum_store.request (
  key text collate "C" primary key check (length(key) <= 100),
  fingerprint bytea not null check (octet_length(fingerprint) = 32)
);
`,
  `
-- Names that streams hold alone, such as \`login:ana\`. They say nothing that the streams' states do not say.
create table plenum_store.reservation (
  name text collate "C" primary key,
  stream text collate "C" not null
) with (fillfactor = 90);

-- Takes names and gives them back: p_from has one that is given back, p_to gets one, each null where there is none.
-- Answers the first name that somebody else has, and then the transaction has to be undone. In the order of the names, so
-- that nobody waits in a circle for others who do the same.
create function plenum_store.reserve(p_names text[], p_from text[], p_to text[]) returns text language plpgsql as $$
declare
  v record;
begin
  for v in
    select a.name, a.giver, a.taker from unnest(p_names, p_from, p_to) as a(name, giver, taker)
     order by a.name collate "C"
  loop
    if v.taker is null then
      delete from plenum_store.reservation r where r.name = v.name and r.stream = v.giver;
    else
      insert into plenum_store.reservation as r (name, stream) values (v.name, v.taker)
        on conflict (name) do update set stream = excluded.stream where r.stream in (v.giver, v.taker);
      if not found then
        return v.name;
      end if;
    end if;
  end loop;
  return null;
end $$;
`,
  `
-- As \`advance\`, which programs of before still call, but that several commands may come together, no two of them about one stream;
-- p_of says of each stream whose it is, as an index of p_commands. Where the first row says anything but \`appended\`, the transaction
-- is to be rolled back; with p_all it is raised instead, which does that. Each stream takes one statement that finds it by its key: statements over arrays read all of the table when
-- their plan was made for a small one, and a plan is kept for as long as its connection.
create function plenum_store.advance_streams(
  p_commands text[], p_of int[], p_streams text[], p_expected int[], p_added int[], p_topics text[], p_keys text[],
  p_organisations text[], p_all boolean
) returns table (outcome text, command_id text, stream text, version int) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  v record;
  v_found record;
  v_new int;
  v_version int;
begin
  -- Somebody else with the same command waits here for the outcome of the first.
  insert into plenum_store.command (command_id, streams, versions)
    select p_commands[a.command], array_agg(a.stream order by a.stream collate "C"),
           array_agg(a.expected + a.added order by a.stream collate "C")
      from unnest(p_of, p_streams, p_expected, p_added) as a(command, stream, expected, added) where a.added > 0
     group by a.command order by p_commands[a.command] collate "C"
    on conflict do nothing;
  get diagnostics v_new = row_count;
  if v_new < cardinality(p_commands) then
    if p_all then raise exception 'a command was recorded before' using errcode = 'PLALL'; end if;
    return query
      select 'known', c.command_id::text, a.stream, a.version
        from plenum_store.command c, unnest(c.streams, c.versions) as a(stream, version)
       where c.command_id = any(p_commands);
    return;
  end if;

  -- Ascending, so that nobody waits in a circle; each row stays locked until commit.
  for v in
    select a.* from unnest(p_of, p_streams, p_expected, p_added, p_topics, p_keys, p_organisations)
                 as a(command, stream, expected, added, topic, key, organisation)
     order by a.stream collate "C"
  loop
    if v.expected = 0 then
      -- One that is only not to be there has a row as well, to be locked, and loses it at the end.
      insert into plenum_store.stream (stream, version, topic, key, organisation)
        values (v.stream, v.added, v.topic, v.key, v.organisation) on conflict do nothing;
      continue when found;
    elsif v.added = 0 then
      perform 1 from plenum_store.stream s where s.stream = v.stream and s.version = v.expected for share;
      continue when found;
    else
      -- It waits for the transaction that has the row, and then looks at the version again.
      update plenum_store.stream s set version = v.expected + v.added
       where s.stream = v.stream and s.version = v.expected
       returning s.topic, s.key, s.organisation into v_found;
      if found then
        if (v_found.topic, v_found.key) <> (v.topic, v.key) then
          raise exception 'the events of % would not all be of one topic and key', v.stream;
        elsif v_found.organisation <> v.organisation then
          raise exception '% belongs to another organisation', v.stream;
        end if;
        continue;
      end if;
    end if;
    v_version := coalesce((select s.version from plenum_store.stream s where s.stream = v.stream), 0);
    if p_all then
      raise exception 'somebody else was first at %', v.stream
        using errcode = 'PLALL',
              detail = json_build_object('commandId', p_commands[v.command], 'stream', v.stream, 'version', v_version);
    end if;
    return query select 'conflict', p_commands[v.command], v.stream, v_version;
    return;
  end loop;
  if 0 = any(p_added) then
    delete from plenum_store.stream s where s.stream = any(p_streams) and s.version = 0;
  end if;
  return query
    select 'appended', p_commands[a.command], a.stream, a.expected + a.added
      from unnest(p_of, p_streams, p_expected, p_added) as a(command, stream, expected, added)
     where a.added > 0 order by a.stream collate "C";
end $$;

-- The events of streams that follow a version, so many of each at most; a row without a version for a stream that has none.
create function plenum_store.load_streams(p_streams text[], p_after int, p_max int) returns table (
  stream text, stream_version int, organisation text, key text, version int, recorded_ms bigint, headers jsonb, value bytea
) language plpgsql stable set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
    select s.stream::text, s.version, s.organisation::text, s.key::text, e.version, e.recorded_ms, e.headers, e.value
      from plenum_store.stream s
      left join lateral (
        select * from plenum_store.stream_event e where e.stream = s.stream and e.version > p_after
         order by e.version limit p_max
      ) e on true
     where s.stream = any(p_streams) order by s.stream, e.version;
end $$;
`,
];
