/** The guards as doors ask for them: sessions, accounts and keys, remembered for a moment and forgotten on notice. */
import {
  type AuthorizedKey,
  type AuthorizedSession,
  accessSchema,
  authorizationReads,
  keyStanding,
  keyStream,
  type NamedUser,
  type Standing,
  sessionStanding,
  sessionStream,
  userStream,
  verifierStream,
} from '@plenum/access';
import { type Seal, verifierDigest } from '@plenum/credentials';
import { listenTo } from '@plenum/postgres';
import type { Logger, Timer } from '@plenum/runtime';
import { defaultGuardLimits, type GuardCache, type GuardLimits, guardCache } from './guard-cache.ts';
import type { GuardDatabase } from './guard-database.ts';

/** `standing` as it is while the session or the key has not expired. */
export type SeenSession = { readonly session: AuthorizedSession; readonly standing: Standing };
export type SeenKey = { readonly key: AuthorizedKey; readonly standing: Standing };

export type Guards = {
  /** By token id. */
  readonly sessions: GuardCache<SeenSession>;
  /** By whatever names a user: the id we gave, an imported id, a login. */
  readonly users: GuardCache<NamedUser>;
  /** By the SHA-256 of the verifier. */
  readonly keys: GuardCache<SeenKey>;
  /** Drops what depends on this stream; in this process at once, in others by notification. */
  forget(stream: string): void;
  /** Verifiers that no master key opened. */
  verifiersUnreadable(): number;
  close(): Promise<void>;
};

export type GuardsParts = {
  readonly database: GuardDatabase;
  readonly seal: Seal;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly limits?: Partial<GuardLimits> | undefined;
};

export const openGuards = (parts: GuardsParts): Guards => {
  const { database, seal, logger, timer } = parts;
  const limits = { ...defaultGuardLimits, ...parts.limits };
  const reads = authorizationReads(database.sql);
  let unreadable = 0;

  /** A key counts only when what is sealed under its name is what its hash names. */
  const seenKey = (key: AuthorizedKey): SeenKey => {
    const { sealed, sealed_with: sealedWith } = key;
    if (sealed === null || sealedWith === null) return { key, standing: unknownUnlessRevoked(key) };
    const opened = seal.open(key.key_id, { sealed, sealedWith });
    if (opened.outcome === 'opened' && verifierDigest(opened.text) === key.key_hash) {
      return { key, standing: keyStanding(key, 0) };
    }
    unreadable += 1;
    logger.error({ key: key.key_id, outcome: opened.outcome, sealedWith }, 'the verifier of a key cannot be opened');
    return { key, standing: unknown };
  };
  const cacheOf = <Row>(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>): GuardCache<Row> =>
    guardCache({ read, logger, timer, limits });

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
    keys.forget(({ key }) => stream === keyStream(key.key_id) || stream === verifierStream(key.key_id));
  };
  let listened = false;
  /** Whatever was notified while nobody listened is as good as everything. Before the first time nothing was missed. */
  const begun = (): void => {
    if (listened) for (const cache of [sessions, users, keys]) cache.forget(() => true);
    listened = true;
  };
  const listening = listenTo({
    pool: database.pool,
    channel: accessSchema,
    logger,
    hear: forget,
    begun,
  });
  return { sessions, users, keys, forget, verifiersUnreadable: () => unreadable, close: listening.close };
};

const unknown: Standing = { outcome: 'refused', why: 'unknown' };

const unknownUnlessRevoked = (key: AuthorizedKey): Standing => {
  const standing = keyStanding(key, 0);
  return standing.outcome === 'refused' ? standing : unknown;
};
