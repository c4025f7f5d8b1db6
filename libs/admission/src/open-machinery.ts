/** Puts together what orders are carried out with. */
import { createHash } from 'node:crypto';
import { endSession, guardReads, guardSchema, loginHash } from '@plenum/access';
import { passwords as hashing, type Seal, type SessionTokens } from '@plenum/credentials';
import { type Decisions, type Logger, TransientFailure } from '@plenum/runtime';
import { deciding as decidingOver } from './decide.ts';
import type { GuardDatabase } from './guards/guard-database.ts';
import type { EndSessions, Machinery } from './machinery.ts';

export type MachineryParts = {
  readonly decisions: Decisions;
  readonly database: GuardDatabase;
  readonly seal: Seal;
  readonly tokens: SessionTokens;
  readonly logger: Logger;
  /** Told of every stream that this process has just changed. */
  readonly changed: (stream: string) => void;
};

export type OpenMachinery = Machinery & {
  verifiersUnreadable(): number;
  /** When nothing is done aside any more. */
  settled(): Promise<void>;
};

export const openMachinery = (parts: MachineryParts): OpenMachinery => {
  const { decisions, database, seal, tokens, logger, changed } = parts;
  const passwords = hashing();
  const reads = guardReads(database.sql);
  const deciding = decidingOver({ decisions, changed });
  const working = new Set<Promise<void>>();
  let unreadable = 0;

  const endSessions = async (userId: string, { reason, actor, except }: EndSessions): Promise<readonly string[]> => {
    const live = await reads.liveSessions(userId, decisions.clock.nowUs());
    const ended = live.filter((tokenId) => tokenId !== except);
    for (const tokenId of ended) {
      await deciding.record(`sessions.end-all ${tokenId} ${reason}`, endSession(tokenId, { reason, actor }));
    }
    return ended;
  };
  const logFailure = (what: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof TransientFailure) logger.warn({ what, code: error.code, reason }, 'work aside was given up');
    else logger.error({ what, reason }, 'work aside failed');
  };
  return {
    keptSession: async (userId, tokenId) => {
      const session = tokenId === undefined ? undefined : await reads.session(tokenId);
      return session?.user_id === userId
        ? { tokenId: session.token_id, startedAtUs: session.started_at_us }
        : undefined;
    },
    ...{ decisions, deciding, database, reads, passwords, seal, tokens, logger, endSessions },
    hashLogin: (login) => loginHash((bytes) => createHash('sha256').update(bytes).digest(), login),
    sealedPassword: async (userId, password) => {
      const { sealed: bytes, sealedWith } = seal.seal(userId, await passwords.hash(password));
      return { bytes, sealedWith };
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
        `select exists (select from ${guardSchema}.guard_user) as found`,
      );
      return row?.found ?? false;
    },
    verifiersUnreadable: () => unreadable,
    settled: async () => {
      await Promise.all(working);
    },
  };
};
