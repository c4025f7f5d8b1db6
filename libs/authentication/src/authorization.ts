/** Authorization as requests need it: sessions, accounts and keys, remembered for a moment and forgotten on notice. */
import {
  type AuthorizedKey,
  type AuthorizedSession,
  accessSchema,
  authorizationReads,
  credentialStream,
  keyStanding,
  keyStream,
  type NamedUser,
  type Standing,
  sessionStanding,
  sessionStream,
  userStream,
} from '@plenum/access';
import { credentialHashDigest, type HashEncryption } from '@plenum/credentials';
import {
  type AuthorizationCache,
  type AuthorizationLimits,
  authorizationCache,
  defaultAuthorizationLimits,
  type Logger,
  type ServiceDatabase,
  type Timer,
} from '@plenum/runtime';

/** `standing` as it is while the session or the key has not expired. */
export type SeenSession = { readonly session: AuthorizedSession; readonly standing: Standing };
export type SeenKey = { readonly key: AuthorizedKey; readonly standing: Standing };

export type Authorization = {
  /** By token id. */
  readonly sessions: AuthorizationCache<SeenSession>;
  /** By whatever names a user: the id we gave, an imported id, a login. */
  readonly users: AuthorizationCache<NamedUser>;
  /** By the SHA-256 of the credential hash. */
  readonly keys: AuthorizationCache<SeenKey>;
  /** Drops what depends on this stream; in this process at once, in others by notification. */
  forget(stream: string): void;
  /** Credential hashes that no master key opened. */
  credentialHashesUnreadable(): number;
  close(): Promise<void>;
};

export type AuthorizationParts = {
  readonly database: Pick<ServiceDatabase, 'sql' | 'listen'>;
  readonly encryption: HashEncryption;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly limits?: Partial<AuthorizationLimits> | undefined;
};

export const openAuthorization = (parts: AuthorizationParts): Authorization => {
  const { database, encryption, logger, timer } = parts;
  const limits = { ...defaultAuthorizationLimits, ...parts.limits };
  const reads = authorizationReads(database.sql);
  let unreadable = 0;

  /** A key counts only when what is encrypted under its name is what its hash names. */
  const seenKey = (key: AuthorizedKey): SeenKey => {
    const { encrypted, encrypted_with: encryptedWith } = key;
    if (encrypted === null || encryptedWith === null) return { key, standing: unknownUnlessRevoked(key) };
    const opened = encryption.decrypt(key.key_id, { encrypted, encryptedWith });
    if (opened.outcome === 'decrypted' && credentialHashDigest(opened.text) === key.key_hash) {
      return { key, standing: keyStanding(key, 0) };
    }
    unreadable += 1;
    logger.error(
      { key: key.key_id, outcome: opened.outcome, encryptedWith },
      'the credential hash of a key cannot be decrypted',
    );
    return { key, standing: unknown };
  };
  const cacheOf = <Row>(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>): AuthorizationCache<Row> =>
    authorizationCache({ read, logger, timer, limits });

  const sessions = cacheOf(async (ids) => {
    const rows = await reads.sessions(ids);
    return new Map(rows.map((session) => [session.token_id, { session, standing: sessionStanding(session, 0) }]));
  });
  const users = cacheOf(async (names) => new Map((await reads.named(names)).map((user) => [user.name, user])));
  const keys = cacheOf(async (ids) => new Map((await reads.keys(ids)).map((key) => [key.key_hash, seenKey(key)])));

  const forget = (stream: string): void => {
    sessions.forget(
      ({ session }) => stream === userStream(session.user_id) || stream === sessionStream(session.token_id),
    );
    users.forget(({ user_id }) => stream === userStream(user_id));
    keys.forget(({ key }) => stream === keyStream(key.key_id) || stream === credentialStream(key.key_id));
  };
  let listened = false;
  /** Whatever was notified while nobody listened is as good as everything. Before the first time nothing was missed. */
  const begun = (): void => {
    if (listened) for (const cache of [sessions, users, keys]) cache.forget(() => true);
    listened = true;
  };
  const listening = database.listen({ channel: accessSchema, hear: forget, begun });
  return { sessions, users, keys, forget, credentialHashesUnreadable: () => unreadable, close: listening.close };
};

const unknown: Standing = { outcome: 'refused', why: 'unknown' };

const unknownUnlessRevoked = (key: AuthorizedKey): Standing => {
  const standing = keyStanding(key, 0);
  return standing.outcome === 'refused' ? standing : unknown;
};
