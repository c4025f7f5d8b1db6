/** What is asked for a request: about a session's token, an API key, or a login. One row each, all of it by primary key or index. */
import { formatTimeUs } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import { plainLogin } from '../streams.ts';
import { userWithLogin } from '../user-with-login.ts';
import { accessSchema, hashOf } from './tables.ts';

export type AuthorizedUser = {
  readonly user_id: string;
  readonly organisation: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly disabled: boolean;
  readonly locked_until_us: number | null;
  /** What was started by then has ended, but for the one that was kept. */
  readonly sessions_ended_until_us: number | null;
  readonly session_kept: string | null;
};

/** A user as a token of a replaced system names them. */
export type NamedUser = AuthorizedUser & {
  /** The user's own id, their imported id, or their login. */
  readonly name: string;
  /** Of a login that somebody gave up before: what named it by then named somebody else. */
  readonly name_released_us: number | null;
};

/** A session with whose it is. `session_permissions` is what its token carries. */
export type AuthorizedSession = AuthorizedUser & {
  readonly token_id: string;
  readonly session_permissions: readonly string[];
  readonly started_at_us: number;
  readonly expires_at_us: number;
  readonly ended: boolean;
};

/** What a secret is checked against; null when it was withdrawn or never was, and then every secret is wrong. */
export type StoredHash = { readonly encrypted: Uint8Array | null; readonly encrypted_with: string | null };

export type AuthorizedKey = StoredHash & {
  readonly key_id: string;
  /** SHA-256 of its credential hash. */
  readonly key_hash: string;
  readonly organisation: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly rate_limit: number;
  readonly expires_at_us: number | null;
  readonly disabled: boolean;
  readonly revoked: boolean;
};

/** With the version of its credential hash's stream; null when there never was one. */
export type AuthorizedLogin = AuthorizedUser & StoredHash & { readonly hash_version: number | null };

export type AuthorizationReads = {
  readonly session: (tokenId: string) => Promise<AuthorizedSession | undefined>;
  /** Those of many that there are, in any order. */
  readonly sessions: (tokenIds: readonly string[]) => Promise<readonly AuthorizedSession[]>;
  /**
   * Whom each of these names means, where it means somebody, in any order. The id that we gave counts before an imported one,
   * and that before a login; the latter two are never the same for two users.
   */
  readonly named: (names: readonly string[]) => Promise<readonly NamedUser[]>;
  /** By the SHA-256 of the key's credential hash. */
  readonly key: (keyHash: string) => Promise<AuthorizedKey | undefined>;
  readonly keys: (keyHashes: readonly string[]) => Promise<readonly AuthorizedKey[]>;
  readonly login: (login: string) => Promise<AuthorizedLogin | undefined>;
  /** Ids of a user's sessions that are neither ended nor expired. */
  readonly liveSessions: (userId: string, nowUs: number) => Promise<readonly string[]>;
  /** Ids of those of a user's sessions that an end of all of them ends: live at that moment, and not the one that is kept. */
  readonly sessionsEndedWith: (end: EndOfSessions) => Promise<readonly string[]>;
};

export type EndOfSessions = {
  readonly userId: string;
  /** What was started by then ends. */
  readonly untilUs: number;
  readonly keptTokenId: string | undefined;
};

const us = (column: string): string => `(extract(epoch from ${column}) * 1000000)::float8`;

const userColumns = `
  u.user_id, u.organisation, u.role, u.permissions, u.disabled, ${us('u.locked_until')} as locked_until_us,
  ${us('u.sessions_ended_until')} as sessions_ended_until_us, u.session_kept`;

const sessionQuery = `
  select ${userColumns}, s.token_id, s.permissions as session_permissions, s.ended,
         ${us('s.started_at')} as started_at_us, ${us('s.expires_at')} as expires_at_us
    from ${accessSchema}.authorized_session s join ${accessSchema}.authorized_user u using (user_id)`;

const nameQuery = `
  select distinct on (n.name) n.name, ${userColumns}, ${us('l.released_at')} as name_released_us
    from unnest($1::text[], $2::text[]) as n (name, login)
   cross join lateral (
           select 1 as place, g.* from ${accessSchema}.authorized_user g where g.user_id = n.name
           union all select 2, g.* from ${accessSchema}.authorized_user g where g.imported_hash = ${hashOf('n.name')}
           union all select 3, g.* from ${accessSchema}.authorized_user g where g.login_hash = ${hashOf('n.login')}
         ) u
    left join ${accessSchema}.former_login l
           on u.place = 3 and l.login_hash = ${hashOf('n.login')}
   order by n.name, u.place`;

const keyQuery = `
  select k.key_id, k.key_hash, k.organisation, k.role, k.permissions, k.rate_limit,
         ${us('k.expires_at')} as expires_at_us, k.disabled, k.revoked, v.encrypted, v.encrypted_with
    from ${accessSchema}.authorized_key k
    left join ${accessSchema}.credential_hash v on v.subject = k.key_id and v.kind = 'api_key'`;

export const authorizationReads = (sql: Sql): AuthorizationReads => ({
  session: async (tokenId) => {
    const [row] = await sql<AuthorizedSession>(`${sessionQuery} where s.token_id = $1`, [tokenId]);
    return row;
  },
  sessions: (tokenIds) => sql(`${sessionQuery} where s.token_id = any($1)`, [tokenIds]),
  named: (names) => sql(nameQuery, [names, names.map(plainLogin)]),
  key: async (keyHash) => {
    const [row] = await sql<AuthorizedKey>(`${keyQuery} where k.key_hash = $1`, [keyHash]);
    return row;
  },
  keys: (keyHashes) => sql(`${keyQuery} where k.key_hash = any($1)`, [keyHashes]),
  login: async (login) => {
    const [row] = await sql<AuthorizedLogin>(
      `select ${userColumns}, v.encrypted, v.encrypted_with, v.stream_version as hash_version
         from ${accessSchema}.authorized_user u
         left join ${accessSchema}.credential_hash v on v.subject = u.user_id and v.kind = 'password'
        where u.user_id in (${userWithLogin('$1')})`,
      [plainLogin(login)],
    );
    return row;
  },
  liveSessions: async (userId, nowUs) => {
    const rows = await sql<{ readonly token_id: string }>(
      `select token_id from ${accessSchema}.authorized_session
        where user_id = $1 and not ended and expires_at > $2::timestamptz order by token_id`,
      [userId, formatTimeUs(nowUs)],
    );
    return rows.map(({ token_id }) => token_id);
  },
  sessionsEndedWith: async ({ userId, untilUs, keptTokenId = null }) => {
    const rows = await sql<{ readonly token_id: string }>(
      `select token_id from ${accessSchema}.authorized_session
        where user_id = $1 and not ended and started_at <= $2::timestamptz and expires_at > $2::timestamptz
          and token_id is distinct from $3::text order by token_id`,
      [userId, formatTimeUs(untilUs), keptTokenId],
    );
    return rows.map(({ token_id }) => token_id);
  },
});

/** Deletes sessions that expired before a time; their tokens say themselves that they have. */
export const purgeSessions = async (sql: Sql, beforeUs: number): Promise<void> => {
  await sql(`delete from ${accessSchema}.authorized_session where expires_at < $1::timestamptz`, [
    formatTimeUs(beforeUs),
  ]);
};
