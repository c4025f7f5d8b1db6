/** What orders are carried out with. Put together once by `openAdmission`. */
import type { Actor, EndReason, GuardReads, KeptSession, Sealed } from '@plenum/access';
import type { Passwords, Seal, SessionTokens } from '@plenum/credentials';
import type { Decisions, Logger } from '@plenum/runtime';
import type { Deciding } from './decide.ts';
import type { GuardDatabase } from './guards/guard-database.ts';

export type Machinery = {
  readonly decisions: Decisions;
  readonly deciding: Deciding;
  readonly database: GuardDatabase;
  readonly reads: GuardReads;
  readonly passwords: Passwords;
  readonly seal: Seal;
  readonly tokens: SessionTokens;
  readonly logger: Logger;
  readonly hashLogin: (login: string) => string;
  /** A password as it is recorded. @throws TransientFailure `passwords-busy` */
  readonly sealedPassword: (userId: string, password: string) => Promise<Sealed>;
  /** The session that stays when the others of its user end, where it is one that was recorded. @throws TransientFailure */
  readonly keptSession: (userId: string, tokenId: string | undefined) => Promise<KeptSession | undefined>;
  /** Ends a user's sessions one by one, all but one where that is said. Their ids. @throws TransientFailure */
  readonly endSessions: (userId: string, asked: EndSessions) => Promise<readonly string[]>;
  /** Work that nobody waits for, because how long it takes would tell something. Its failure is logged. */
  readonly aside: (what: string, work: () => Promise<unknown>) => void;
  /** Counts a verifier that no master key opened. */
  readonly noteUnreadable: () => void;
  /** Whether there is any account. @throws TransientFailure */
  readonly anyUser: () => Promise<boolean>;
};

export type EndSessions = {
  readonly reason: EndReason;
  readonly actor: Actor;
  readonly except?: string | undefined;
};
