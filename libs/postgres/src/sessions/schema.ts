/**
 * Where sessions are kept. No foreign keys: what ends a session removes what was in it, in the same transaction. Times are
 * the callers', in milliseconds since 1970; they may be infinite.
 */

export const sessionSchema = 'plenum_session';

/** Rows come and go: what is dead has to be cleared away before a table is several times what is in it. */
const busy =
  'autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0';

/** Only added to. */
export const sessionSteps: readonly string[] = [
  `
create sequence ${sessionSchema}.epoch;

create table ${sessionSchema}.session (
  client_id text collate "C" primary key,
  epoch bigint not null,
  -- Under this its messages, subscriptions and arrivals are kept: the epoch under which it began.
  content bigint not null,
  -- The mark of a process (presence). NULL: its server has given it up.
  owner text collate "C",
  -- By which of the owner's calls it was given to it.
  given_in int not null,
  expiry_ms float8 not null,
  -- Both NULL while it is connected.
  away_since_ms float8,
  ends_at_ms float8,
  -- Infinity: nobody knows.
  sent_number float8 not null,
  will bytea,
  will_delay_ms float8,
  will_due_ms float8,
  check ((will is null) = (will_delay_ms is null)),
  check ((away_since_ms is null) = (ends_at_ms is null))
) with (fillfactor = 60, ${busy});
create index on ${sessionSchema}.session (owner);
create index on ${sessionSchema}.session (ends_at_ms) where ends_at_ms is not null and will is null;
create index on ${sessionSchema}.session (away_since_ms) where away_since_ms is not null and will is null;

create table ${sessionSchema}.message (
  content bigint not null,
  number bigint not null,
  expires_at_ms float8,
  qos int not null,
  released boolean not null,
  body bytea not null,
  primary key (content, number)
) with (fillfactor = 90, ${busy});
-- To compress a body takes longer than to write it.
alter table ${sessionSchema}.message alter column body set storage external;

create table ${sessionSchema}.subscription (
  content bigint not null,
  -- Of the filter, which may be longer than an index takes.
  digest bytea not null,
  filter text collate "C" not null,
  qos int not null,
  no_local boolean not null,
  retain_as_published boolean not null,
  subscription_id int,
  primary key (content, digest)
) with (${busy});

create table ${sessionSchema}.arrival (
  content bigint not null,
  packet_id int not null,
  received_us bigint not null,
  event_id text not null,
  primary key (content, packet_id)
) with (${busy});

create table ${sessionSchema}.retained (
  -- Of the topic.
  digest bytea primary key,
  topic text collate "C" not null,
  expires_at_ms float8,
  body bytea not null
) with (fillfactor = 80, ${busy});
create index on ${sessionSchema}.retained (expires_at_ms) where expires_at_ms is not null;
alter table ${sessionSchema}.retained alter column body set storage external;
`,
  `
alter table ${sessionSchema}.arrival add column passed_on boolean not null default false;
`,
];
