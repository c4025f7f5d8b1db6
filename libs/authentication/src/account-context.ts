/** What commands are handled with. Put together once by `openAuthentication`. */
import type { AuthorizationReads, EncryptedHash, EndReason, KeptSession } from '@plenum/access';
import type { HashEncryption, Passwords, SessionTokens } from '@plenum/credentials';
import type { Actor } from '@plenum/event';
import type { Decisions, Logger } from '@plenum/runtime';
import type { AuthorizationDatabase } from './authorization/authorization-database.ts';
import type { Handle, IsKnown } from './handled.ts';

export type AccountContext = {
  readonly decisions: Decisions;
  readonly handle: Handle;
  readonly isKnown: IsKnown;
  readonly database: AuthorizationDatabase;
  readonly reads: AuthorizationReads;
  readonly passwords: Passwords;
  readonly encryption: HashEncryption;
  readonly tokens: SessionTokens;
  readonly logger: Logger;
  readonly hashLogin: (login: string) => string;
  /** A password as it is recorded. @throws TransientFailure `passwords-busy` */
  readonly encryptedPasswordHash: (userId: string, password: string) => Promise<EncryptedHash>;
  /** The session that stays when the others of its user end, where it is one that was recorded. @throws TransientFailure */
  readonly keptSession: (userId: string, tokenId: string | undefined) => Promise<KeptSession | undefined>;
  /** Ends a user's sessions one by one, all but one where that is said. Their ids. @throws TransientFailure */
  readonly endSessions: (userId: string, asked: EndSessions) => Promise<readonly string[]>;
  /** Work that nobody waits for, because how long it takes would tell something. Its failure is logged. */
  readonly aside: (what: string, work: () => Promise<unknown>) => void;
  /** Counts a credential hash that no master key opened. */
  readonly noteUnreadable: () => void;
  /** Whether there is any account. @throws TransientFailure */
  readonly anyUser: () => Promise<boolean>;
};

export type EndSessions = {
  readonly reason: EndReason;
  readonly actor: Actor;
  readonly except?: string | undefined;
};
