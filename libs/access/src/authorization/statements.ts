/** What each event changes in the authorization tables. Pure, so that replaying the events makes the same tables. */
import { type DecidedEvent, formatTimeUs, isEvent, personalText } from '@plenum/event';
import type { InlineProjection, Statement } from '@plenum/read-model';
import { CredentialHashEncrypted, CredentialHashWithdrawn } from '../credential-hashes/credential-hash-events.ts';
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  type KeyFields,
} from '../keys/key-events.ts';
import { SessionEnded, SessionStarted } from '../sessions/session-events.ts';
import { credentialStream, keyStream, plainLogin, sessionStream, userStream } from '../streams.ts';
import {
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  type UserFields,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
} from '../users/user-events.ts';
import { accessSchema, accessSteps, accessTables, hashOf } from './tables.ts';

/**
 * The statements of one event, the last of which notifies listeners on `plenum_access` of the stream that changed. None when
 * nobody asks for it there. A row that has this version already stays as it is, so events may come twice, but a stream's in
 * order.
 */
const statements = (event: DecidedEvent): readonly Statement[] =>
  userStatements(event) ?? keyStatements(event) ?? sessionStatements(event) ?? verifierStatements(event) ?? [];

/** What requests are checked against: who there is, and what they may do. */
export const authorizationTables: InlineProjection = {
  schema: accessSchema,
  steps: accessSteps,
  tables: accessTables,
  statements,
};

const userStatements = (event: DecidedEvent): readonly Statement[] | undefined => {
  const { version, organisation } = event.decision;
  if (isEvent(UserCreated, event)) {
    const { user_id, imported_id } = event.data;
    const importedId = personalText(imported_id);
    const imported_as_login = importedId === undefined ? null : plainLogin(importedId);
    const imported = { imported_hash: importedId ?? null, imported_as_login };
    return userPut({ user_id, organisation, ...userColumns(event.data), ...imported }, version);
  }
  if (isEvent(UserChanged, event)) {
    const changed = { user_id: event.data.user_id, organisation, ...userColumns(event.data) };
    return [formerLogin(event, changed), ...userPut(changed, version)];
  }
  if (isEvent(UserDisabled, event)) return userUpdate(event.data, version, { disabled: true });
  if (isEvent(UserEnabled, event)) return userUpdate(event.data, version, { disabled: false });
  if (isEvent(UserLockedOut, event)) {
    return userUpdate(event.data, version, { locked_until: formatTimeUs(event.data.until) });
  }
  if (isEvent(UserUnlocked, event)) {
    return [forgetAttempts(event.data.user_id), ...userUpdate(event.data, version, { locked_until: null })];
  }
  if (isEvent(UserSessionsEnded, event)) {
    const { until, kept_token_id = null } = event.data;
    return userUpdate(event.data, version, { sessions_ended_until: formatTimeUs(until), session_kept: kept_token_id });
  }
  return undefined;
};

type UserPut = Columns & { readonly user_id: string; readonly login_hash: string | null };

const userPut = (columns: UserPut, version: number) => [
  put('authorized_user', columns, version),
  notified(userStream(columns.user_id)),
];

/** A login that is erased, or cannot be read, is nobody's: `null`. */
const userColumns = ({ login, role, permissions }: UserFields) => {
  const text = personalText(login);
  const login_hash = text === undefined ? null : plainLogin(text);
  return { login_hash, role, permissions: JSON.stringify(permissions) };
};

const userUpdate = ({ user_id }: { readonly user_id: string }, version: number, columns: Columns) => [
  update('authorized_user', { user_id }, columns, version),
  notified(userStream(user_id)),
];

/**
 * The login that a change gives up, which the row still has; none while it is what a replaced system calls the user, for its
 * tokens go on naming them. Streams are replayed in any order, so the last one to give it up counts, in whichever order they come.
 */
const formerLogin = (event: DecidedEvent, { user_id, login_hash }: UserPut): Statement => ({
  text: `insert into ${accessSchema}.former_login as t (login_hash, released_at)
         select u.login_hash, $4::timestamptz from ${accessSchema}.authorized_user u
          where u.user_id = $1 and u.stream_version < $2 and u.login_hash is not null
            and u.login_hash is distinct from ${hashOf('$3::text')}
            and u.login_hash is distinct from u.imported_as_login
         on conflict (login_hash) do update set released_at = greatest(t.released_at, excluded.released_at)`,
  parameters: [user_id, event.decision.version, login_hash, formatTimeUs(event.effectiveTimeUs)],
});

/** An account is unlocked to be usable: what was counted is forgotten too. */
export const forgetAttempts = (userId: string): Statement => ({
  text: `delete from ${accessSchema}.login_attempt a using ${accessSchema}.authorized_user u
          where u.user_id = $1 and a.login_hash = u.login_hash`,
  parameters: [userId],
});

const keyStatements = (event: DecidedEvent): readonly Statement[] | undefined => {
  const { version, organisation } = event.decision;
  if (isEvent(ApiKeyIssued, event)) {
    const { key_id, key_hash } = event.data;
    return [
      put('authorized_key', { key_id, organisation, key_hash, ...keyColumns(event.data) }, version),
      notified(keyStream(key_id)),
    ];
  }
  if (isEvent(ApiKeyChanged, event)) return keyUpdate(event.data, version, keyColumns(event.data));
  if (isEvent(ApiKeyDisabled, event)) return keyUpdate(event.data, version, { disabled: true });
  if (isEvent(ApiKeyEnabled, event)) return keyUpdate(event.data, version, { disabled: false });
  if (isEvent(ApiKeyRevoked, event)) return keyUpdate(event.data, version, { revoked: true });
  return undefined;
};

const keyColumns = ({ role, permissions, rate_limit, expires_at }: KeyFields): Columns => ({
  role,
  permissions: JSON.stringify(permissions),
  rate_limit,
  expires_at: expires_at === undefined ? null : formatTimeUs(expires_at),
});

const keyUpdate = ({ key_id }: { readonly key_id: string }, version: number, columns: Columns) => [
  update('authorized_key', { key_id }, columns, version),
  notified(keyStream(key_id)),
];

const sessionStatements = (event: DecidedEvent): readonly Statement[] | undefined => {
  const { version } = event.decision;
  if (isEvent(SessionStarted, event)) {
    const { token_id, user_id, permissions, expires_at } = event.data;
    const row = {
      token_id,
      user_id,
      permissions: JSON.stringify(permissions),
      started_at: formatTimeUs(event.effectiveTimeUs),
      expires_at: formatTimeUs(expires_at),
    };
    return [put('authorized_session', row, version), notified(sessionStream(token_id))];
  }
  if (isEvent(SessionEnded, event)) {
    const { token_id } = event.data;
    return [update('authorized_session', { token_id }, { ended: true }, version), notified(sessionStream(token_id))];
  }
  return undefined;
};

const verifierStatements = (event: DecidedEvent): readonly Statement[] | undefined => {
  const { version } = event.decision;
  if (isEvent(CredentialHashEncrypted, event)) {
    const { subject, kind, encrypted, encrypted_with } = event.data;
    return [
      put('credential_hash', { subject, kind, encrypted, encrypted_with }, version),
      notified(credentialStream(subject)),
    ];
  }
  if (isEvent(CredentialHashWithdrawn, event)) {
    const { subject } = event.data;
    const columns = { encrypted: null, encrypted_with: null };
    return [update('credential_hash', { subject }, columns, version), notified(credentialStream(subject))];
  }
  return undefined;
};

type Columns = Readonly<Record<string, string | number | boolean | Uint8Array | null>>;

/** The first column is the key. Only names written in this file become part of the text. */
const put = (table: string, columns: Columns, version: number): Statement => {
  const row: Columns = { ...columns, stream_version: version };
  const [key = '', ...rest] = Object.keys(row);
  return {
    text: `insert into ${accessSchema}.${table} as t (${Object.keys(row).join(', ')})
           values (${Object.keys(row).map(placed)})
           on conflict (${key}) do update set ${rest.map((name) => `${name} = excluded.${name}`).join(', ')}
            where t.stream_version < excluded.stream_version`,
    parameters: Object.values(row),
  };
};

/** What names a person goes in as text, and only its hash is kept. */
const hashed: ReadonlySet<string> = new Set(['login_hash', 'imported_hash', 'imported_as_login']);
const placed = (name: string, index: number): string =>
  hashed.has(name) ? hashOf(`$${index + 1}::text`) : `$${index + 1}`;

const update = (table: string, key: Columns, columns: Columns, version: number): Statement => {
  const row: Columns = { ...key, stream_version: version, ...columns };
  const [keyName = '', ...rest] = Object.keys(row);
  return {
    text: `update ${accessSchema}.${table} set ${rest.map((name, index) => `${name} = $${index + 2}`).join(', ')}
            where ${keyName} = $1 and stream_version < $2`,
    parameters: Object.values(row),
  };
};

/** Heard when the transaction has committed, and only then. */
const notified = (stream: string): Statement => ({
  text: `select pg_notify('${accessSchema}', $1)`,
  parameters: [stream],
});
