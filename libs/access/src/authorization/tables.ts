/**
 * The authorization tables: written in the transaction of the decision itself, so that a revocation holds at once and goes
 * on holding while the log is away. Only what is counted about failed logins is in no stream, and may be lost.
 */

/** The schema, and the channel of `NOTIFY`. */
export const accessSchema = 'plenum_access';

/** Those that are made again from the streams. */
export const accessTables = [
  'authorized_user',
  'former_login',
  'authorized_key',
  'authorized_session',
  'credential_hash',
] as const;

/** The hash, made by PostgreSQL, of a text: of a login in lower case as `loginHash` makes it. */
export const hashOf = (text: string): string => `left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 32)`;

/** Statements that make the tables, in steps that are only added to. The schema itself is made before the first. */
export const accessSteps: readonly string[] = [
  `
create table ${accessSchema}.authorized_user (
  user_id text primary key,
  organisation text not null,
  -- A login and an imported id name a person: they are found by their hashes, and are nowhere. Null: it is erased.
  login_hash text,
  -- Of what a replaced system calls this user, as its tokens do; nobody else's login.
  imported_hash text,
  imported_as_login text,
  role text not null,
  permissions jsonb not null,
  disabled boolean not null default false,
  locked_until timestamptz,
  -- What was started by then has ended, but for the one session that was kept.
  sessions_ended_until timestamptz,
  session_kept text,
  stream_version int not null
);
-- Not unique: reservations see to that, and a rebuild meets the users in any order.
create index authorized_user_login on ${accessSchema}.authorized_user (login_hash);
create index authorized_user_imported on ${accessSchema}.authorized_user (imported_hash) where imported_hash is not null;

create table ${accessSchema}.authorized_key (
  key_id text primary key,
  organisation text not null,
  -- SHA-256 of the credential hash: finds the key, and is not what it is checked against.
  key_hash text not null,
  role text not null,
  permissions jsonb not null,
  rate_limit int not null,
  expires_at timestamptz,
  disabled boolean not null default false,
  revoked boolean not null default false,
  stream_version int not null
);
create index authorized_key_hash on ${accessSchema}.authorized_key (key_hash);

create table ${accessSchema}.authorized_session (
  token_id text primary key,
  user_id text not null,
  permissions jsonb not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  ended boolean not null default false,
  stream_version int not null
);
create index authorized_session_user on ${accessSchema}.authorized_session (user_id);
create index authorized_session_expiry on ${accessSchema}.authorized_session (expires_at);

create table ${accessSchema}.credential_hash (
  subject text primary key,
  kind text not null,
  -- Null once it was withdrawn.
  encrypted bytea,
  encrypted_with text,
  stream_version int not null
);

-- Failed logins. One row for a login from one network, and one, with an empty network, for it from anywhere.
create table ${accessSchema}.login_attempt (
  login_hash text not null,
  network text not null,
  failures int not null default 0,
  last_us bigint not null default 0,
  recent_us bigint[] not null default '{}',
  locked_until_us bigint not null default 0,
  primary key (login_hash, network)
) with (fillfactor = 50);
create index login_attempt_last on ${accessSchema}.login_attempt (last_us);

-- Logins that were given up: a token that named one before names nobody, also when somebody else has it by now.
create table ${accessSchema}.former_login (
  login_hash text primary key,
  -- By the user who had it last.
  released_at timestamptz not null
);
`,
];
