/**
 * What guards the doors: tables that are written in the transaction of the decision itself, so that a revocation holds
 * at once and goes on holding while the log is away. They say nothing that the streams do not say, and can be made
 * again from them (`rebuildGuards`); only what is counted about failed logins is nowhere else, and may be lost.
 */

/** The schema, and the channel of `NOTIFY`. */
export const guardSchema = 'plenum_access';

/** Statements that make the tables, in steps that are only added to. The schema itself is made before the first. */
export const guardSteps: readonly string[] = [
  `
create table ${guardSchema}.guard_user (
  user_id text primary key,
  -- Lower case.
  login text not null,
  role text not null,
  permissions jsonb not null,
  disabled boolean not null default false,
  locked_until timestamptz,
  stream_version int not null
);
-- Not unique: the login streams see to that, and a rebuild meets the users in any order.
create index guard_user_login on ${guardSchema}.guard_user (login);

create table ${guardSchema}.guard_key (
  key_id text primary key,
  -- SHA-256 of the verifier: finds the key, and is not what it is checked against.
  key_hash text not null,
  role text not null,
  permissions jsonb not null,
  rate_limit int not null,
  expires_at timestamptz,
  disabled boolean not null default false,
  revoked boolean not null default false,
  stream_version int not null
);
create index guard_key_hash on ${guardSchema}.guard_key (key_hash);

create table ${guardSchema}.guard_session (
  token_id text primary key,
  user_id text not null,
  permissions jsonb not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  ended boolean not null default false,
  stream_version int not null
);
create index guard_session_user on ${guardSchema}.guard_session (user_id);
create index guard_session_expiry on ${guardSchema}.guard_session (expires_at);

create table ${guardSchema}.guard_verifier (
  subject text primary key,
  kind text not null,
  -- Null once it was withdrawn.
  sealed bytea,
  sealed_with text,
  stream_version int not null
);

-- Failed logins. One row for a login from one network, and one, with an empty network, for it from anywhere.
create table ${guardSchema}.login_attempt (
  login_hash text not null,
  network text not null,
  failures int not null default 0,
  last_us bigint not null default 0,
  recent_us bigint[] not null default '{}',
  locked_until_us bigint not null default 0,
  primary key (login_hash, network)
) with (fillfactor = 50);
create index login_attempt_last on ${guardSchema}.login_attempt (last_us);
`,
  `
-- Of this user, what was started by then has ended, but for the one session that was kept.
alter table ${guardSchema}.guard_user add column sessions_ended_until timestamptz, add column session_kept text;
`,
  `
-- What a replaced system calls this user, as its tokens do; nobody else's login.
alter table ${guardSchema}.guard_user add column imported_id text;
create index guard_user_imported on ${guardSchema}.guard_user (imported_id) where imported_id is not null;

-- Logins that were given up: a token that named one before names nobody, also when somebody else has it by now.
create table ${guardSchema}.guard_login (
  login_hash text primary key,
  released_at timestamptz not null,
  stream_version int not null
);
`,
];
