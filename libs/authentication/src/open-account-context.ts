/** Puts together what commands are handled with. */
import { hash } from 'node:crypto';
import {
  type AuthorizationReads,
  accessSchema,
  authorizationReads,
  endSession,
  type KeptSession,
  loginHash,
} from '@plenum/access';
import { type HashEncryption, passwords as hashing, type SessionTokens } from '@plenum/credentials';
import {
  type Decisions,
  handleCommand,
  isId,
  isKnownCommand,
  type Logger,
  type ServiceDatabase,
  TransientFailure,
} from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';
import type { Handle, IsKnown } from './handled.ts';

export type AccountContextParts = {
  readonly decisions: Decisions;
  readonly database: ServiceDatabase;
  readonly encryption: HashEncryption;
  readonly tokens: SessionTokens;
  readonly givable: readonly string[];
  readonly logger: Logger;
};

export type OpenAccountContext = AccountContext & {
  credentialHashesUnreadable(): number;
  /** When nothing is done aside any more. */
  settled(): Promise<void>;
};

export const openAccountContext = (parts: AccountContextParts): OpenAccountContext => {
  const { decisions, database, encryption, tokens, logger, givable } = parts;
  const passwords = hashing();
  const reads = authorizationReads(database.sql);
  const handle: Handle = (command, metadata) => handleCommand(decisions, command, metadata);
  const isKnown: IsKnown = (command, metadata) => isKnownCommand(decisions, command, metadata);
  const working = new Set<Promise<void>>();
  let unreadable = 0;

  const endSessions: AccountContext['endSessions'] = async (asked, decide) => {
    const { userId, nowUs, reason, actor, except } = asked;
    // Such an id is nobody's, and no question for a database.
    if (!isId(userId)) return { done: await decide(undefined), ended: [] };
    const end = { userId, untilUs: nowUs, keptTokenId: except };
    const before = await reads.sessionsEndedWith(end);
    const done = await decide(await keptSession(reads, userId, except));
    if (done.outcome !== 'done') return { done, ended: [] };
    const answered = new Set([...before, ...(await reads.sessionsEndedWith(end))]);
    const late = (await reads.liveSessions(userId, decisions.clock.nowUs())).filter(
      (tokenId) => tokenId !== except && !answered.has(tokenId),
    );
    for (const tokenId of late) {
      await handle(endSession(tokenId, { reason, actor }), { id: `end-all-${reason}`, actor });
    }
    return { done, ended: [...answered, ...late].toSorted() };
  };
  const logFailure = (what: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof TransientFailure) logger.warn({ what, code: error.code, reason }, 'work aside was given up');
    else logger.error({ what, reason }, 'work aside failed');
  };
  return {
    ...{ decisions, handle, isKnown, database, reads, passwords, encryption, tokens, logger, endSessions, givable },
    hashLogin: (login) => loginHash((bytes) => hash('sha256', bytes), login),
    encryptedPasswordHash: async (userId, password) => {
      const { encrypted: bytes, encryptedWith } = encryption.encrypt(userId, await passwords.hash(password));
      return { bytes, encryptedWith };
    },
    aside: (what, work) => {
      const done = work()
        .then(
          () => undefined,
          (error: unknown) => logFailure(what, error),
        )
        .finally(() => working.delete(done));
      working.add(done);
    },
    noteUnreadable: () => {
      unreadable += 1;
    },
    anyUser: async () => {
      const [row] = await database.sql<{ readonly found: boolean }>(
        `select exists (select from ${accessSchema}.authorized_user) as found`,
      );
      return row?.found ?? false;
    },
    credentialHashesUnreadable: () => unreadable,
    settled: async () => {
      await Promise.all(working);
    },
  };
};

/** The session that stays when the others of its user end, where it is one that was recorded. */
const keptSession = async (
  reads: AuthorizationReads,
  userId: string,
  tokenId: string | undefined,
): Promise<KeptSession | undefined> => {
  const session = tokenId === undefined ? undefined : await reads.session(tokenId);
  return session?.user_id === userId ? { tokenId: session.token_id, startedAtUs: session.started_at_us } : undefined;
};
