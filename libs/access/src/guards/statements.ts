/** What each fact changes in the tables that guard the doors. Pure, so that replaying the facts makes the same tables. */
import { type Event, formatTimeUs, isFact, type NewFact } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  type KeyFields,
} from '../keys/key-events.ts';
import { SessionEnded, SessionStarted } from '../sessions/session-events.ts';
import { keyStream, plainLogin, sessionStream, userStream, verifierStream } from '../streams.ts';
import {
  LoginReleased,
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  type UserFields,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
} from '../users/user-events.ts';
import { VerifierSealed, VerifierWithdrawn } from '../verifiers/verifier-events.ts';
import { guardSchema } from './tables.ts';

export type Statement = { readonly text: string; readonly parameters: readonly unknown[] };

/** A fact with its place in its stream, and when it counts as having happened. */
export type Placed = NewFact & { readonly version: number; readonly effectiveTimeUs: number };

/**
 * The statements of one fact, the last of which tells whoever listens on `plenum_access` which stream changed. None when
 * no door asks for it. A row that has this version already stays as it is, so facts may come twice, but a stream's in order.
 */
export const guardStatements = (placed: Placed): readonly Statement[] =>
  userStatements(placed) ??
  loginStatements(placed) ??
  keyStatements(placed) ??
  sessionStatements(placed) ??
  verifierStatements(placed) ??
  [];

const userStatements = (placed: Placed): readonly Statement[] | undefined => {
  const { version } = placed;
  if (isFact(UserCreated, placed)) {
    const { user_id, imported_id = null } = placed.data;
    return userPut({ user_id, ...userColumns(placed.data), imported_id }, version);
  }
  if (isFact(UserChanged, placed)) {
    return userPut({ user_id: placed.data.user_id, ...userColumns(placed.data) }, version);
  }
  if (isFact(UserDisabled, placed)) return userUpdate(placed.data, version, { disabled: true });
  if (isFact(UserEnabled, placed)) return userUpdate(placed.data, version, { disabled: false });
  if (isFact(UserLockedOut, placed)) {
    return userUpdate(placed.data, version, { locked_until: formatTimeUs(placed.data.until) });
  }
  if (isFact(UserUnlocked, placed)) {
    return [forgetAttempts(placed.data.user_id), ...userUpdate(placed.data, version, { locked_until: null })];
  }
  if (isFact(UserSessionsEnded, placed)) {
    const { until, kept_token_id = null } = placed.data;
    return userUpdate(placed.data, version, { sessions_ended_until: formatTimeUs(until), session_kept: kept_token_id });
  }
  return undefined;
};

const userPut = (columns: Columns & { readonly user_id: string }, version: number) => [
  put('guard_user', columns, version),
  told(userStream(columns.user_id)),
];

const userColumns = ({ login, role, permissions }: UserFields): Columns => ({
  login: plainLogin(login),
  role,
  permissions: JSON.stringify(permissions),
});

const userUpdate = ({ user_id }: { readonly user_id: string }, version: number, columns: Columns) => [
  update('guard_user', { user_id }, columns, version),
  told(userStream(user_id)),
];

/** Nobody is told: with it came the change of the user who gave the login up, and the next who takes it is told of then. */
const loginStatements = (placed: Placed): readonly Statement[] | undefined => {
  if (!isFact(LoginReleased, placed)) return undefined;
  const { login_hash } = placed.data;
  return [put('guard_login', { login_hash, released_at: formatTimeUs(placed.effectiveTimeUs) }, placed.version)];
};

/** Whoever unlocks an account wants it to be usable: what was counted is forgotten too. */
export const forgetAttempts = (userId: string): Statement => ({
  text: `delete from ${guardSchema}.login_attempt a using ${guardSchema}.guard_user u
          where u.user_id = $1 and a.login_hash = left(encode(sha256(convert_to(u.login, 'UTF8')), 'hex'), 32)`,
  parameters: [userId],
});

const keyStatements = (placed: Placed): readonly Statement[] | undefined => {
  const { version } = placed;
  if (isFact(ApiKeyIssued, placed)) {
    const { key_id, key_hash } = placed.data;
    return [put('guard_key', { key_id, key_hash, ...keyColumns(placed.data) }, version), told(keyStream(key_id))];
  }
  if (isFact(ApiKeyChanged, placed)) return keyUpdate(placed.data, version, keyColumns(placed.data));
  if (isFact(ApiKeyDisabled, placed)) return keyUpdate(placed.data, version, { disabled: true });
  if (isFact(ApiKeyEnabled, placed)) return keyUpdate(placed.data, version, { disabled: false });
  if (isFact(ApiKeyRevoked, placed)) return keyUpdate(placed.data, version, { revoked: true });
  return undefined;
};

const keyColumns = ({ role, permissions, rate_limit, expires_at }: KeyFields): Columns => ({
  role,
  permissions: JSON.stringify(permissions),
  rate_limit,
  expires_at: expires_at === undefined ? null : formatTimeUs(expires_at),
});

const keyUpdate = ({ key_id }: { readonly key_id: string }, version: number, columns: Columns) => [
  update('guard_key', { key_id }, columns, version),
  told(keyStream(key_id)),
];

const sessionStatements = (placed: Placed): readonly Statement[] | undefined => {
  const { version } = placed;
  if (isFact(SessionStarted, placed)) {
    const { token_id, user_id, permissions, expires_at } = placed.data;
    const row = {
      token_id,
      user_id,
      permissions: JSON.stringify(permissions),
      started_at: formatTimeUs(placed.effectiveTimeUs),
      expires_at: formatTimeUs(expires_at),
    };
    return [put('guard_session', row, version), told(sessionStream(token_id))];
  }
  if (isFact(SessionEnded, placed)) {
    const { token_id } = placed.data;
    return [update('guard_session', { token_id }, { ended: true }, version), told(sessionStream(token_id))];
  }
  return undefined;
};

const verifierStatements = (placed: Placed): readonly Statement[] | undefined => {
  const { version } = placed;
  if (isFact(VerifierSealed, placed)) {
    const { subject, kind, sealed, sealed_with } = placed.data;
    return [put('guard_verifier', { subject, kind, sealed, sealed_with }, version), told(verifierStream(subject))];
  }
  if (isFact(VerifierWithdrawn, placed)) {
    const { subject } = placed.data;
    const columns = { sealed: null, sealed_with: null };
    return [update('guard_verifier', { subject }, columns, version), told(verifierStream(subject))];
  }
  return undefined;
};

type Columns = Readonly<Record<string, string | number | boolean | Uint8Array | null>>;

/** The first column is the key. Only names written in this file become part of the text. */
const put = (table: string, columns: Columns, version: number): Statement => {
  const row: Columns = { ...columns, stream_version: version };
  const [key = '', ...rest] = Object.keys(row);
  return {
    text: `insert into ${guardSchema}.${table} as t (${Object.keys(row).join(', ')})
           values (${Object.keys(row).map((_, index) => `$${index + 1}`)})
           on conflict (${key}) do update set ${rest.map((name) => `${name} = excluded.${name}`).join(', ')}
            where t.stream_version < excluded.stream_version`,
    parameters: Object.values(row),
  };
};

const update = (table: string, key: Columns, columns: Columns, version: number): Statement => {
  const row: Columns = { ...key, stream_version: version, ...columns };
  const [keyName = '', ...rest] = Object.keys(row);
  return {
    text: `update ${guardSchema}.${table} set ${rest.map((name, index) => `${name} = $${index + 2}`).join(', ')}
            where ${keyName} = $1 and stream_version < $2`,
    parameters: Object.values(row),
  };
};

/** Heard when the transaction has committed, and only then. */
const told = (stream: string): Statement => ({
  text: `select pg_notify('${guardSchema}', $1)`,
  parameters: [stream],
});

/** What was decided on one stream, in order; `version` is that of the last. */
export type Recording = {
  readonly events: readonly Pick<Event, 'type' | 'data' | 'effectiveTimeUs'>[];
  readonly version: number;
};

/** Brings the guards up to a decision, in its transaction. */
export const writeGuards = async (sql: Sql, { events, version }: Recording): Promise<void> => {
  for (const [index, event] of events.entries()) {
    await runAll(sql, guardStatements({ ...event, version: version - events.length + index + 1 }));
  }
};

/**
 * Makes the guards again from all decisions: each stream's in order, the streams in any. Call it in one transaction;
 * whoever decides or checks meanwhile waits for its end.
 */
export const rebuildGuards = async (
  sql: Sql,
  events: Iterable<Event> | AsyncIterable<Event>,
): Promise<{ readonly facts: number }> => {
  await sql(`truncate ${rebuiltTables.map((table) => `${guardSchema}.${table}`).join(', ')}`);
  let facts = 0;
  for await (const event of events) {
    if (event.decision === undefined) continue;
    const statements = guardStatements({ ...event, version: event.decision.version });
    if (statements.length === 0) continue;
    await runAll(sql, statements);
    facts += 1;
  }
  return { facts };
};

const rebuiltTables = ['guard_user', 'guard_login', 'guard_key', 'guard_session', 'guard_verifier'] as const;

/** One after another: they share a connection. */
const runAll = async (sql: Sql, statements: readonly Statement[]): Promise<void> => {
  for (const { text, parameters } of statements) await sql(text, parameters);
};
