/** What commands are handled with. Put together once by `openAdmission`. */
import type { AuthorizationReads, EndReason, KeptSession, Sealed } from '@plenum/access';
import type { Passwords, Seal, SessionTokens } from '@plenum/credentials';
import type { Actor } from '@plenum/event';
import type { Decisions, Logger } from '@plenum/runtime';
import type { GuardDatabase } from './guards/guard-database.ts';
import type { Handle, IsKnown } from './handled.ts';

export type Machinery = {
  readonly decisions: Decisions;
  readonly handle: Handle;
  readonly isKnown: IsKnown;
  readonly database: GuardDatabase;
  readonly reads: AuthorizationReads;
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
