/** What commands are handled with. Put together once by `openAuthentication`. */
import type { AuthorizationReads, EncryptedHash, EndReason, KeptSession } from '@plenum/access';
import type { HashEncryption, Passwords, SessionTokens } from '@plenum/credentials';
import type { Actor } from '@plenum/event';
import type { Decisions, Logger, ServiceDatabase } from '@plenum/runtime';
import type { Handle, IsKnown } from './handled.ts';

export type AccountContext = {
  /** The names of all permissions that can be given, of all domains. */
  readonly givable: readonly string[];
  readonly decisions: Decisions;
  readonly handle: Handle;
  readonly isKnown: IsKnown;
  readonly database: ServiceDatabase;
  readonly reads: AuthorizationReads;
  readonly passwords: Passwords;
  readonly encryption: HashEncryption;
  readonly tokens: SessionTokens;
  readonly logger: Logger;
  readonly hashLogin: (login: string) => string;
  /** A password as it is recorded. @throws TransientFailure `passwords-busy` */
  readonly encryptedPasswordHash: (userId: string, password: string) => Promise<EncryptedHash>;
  /**
   * Decides the end of a user's sessions, and returns which those are. A reaction ends each of them afterwards; those
   * that began since the moment of the decision, or by a clock that is ahead, are ended here. @throws TransientFailure
   */
  readonly endSessions: <D extends { readonly outcome: string }>(
    asked: EndSessions,
    decide: (keeps: KeptSession | undefined) => Promise<D>,
  ) => Promise<{ readonly done: D; readonly ended: readonly string[] }>;
  /** Work that nobody waits for, because how long it takes would reveal something. Its failure is logged. */
  readonly aside: (what: string, work: () => Promise<unknown>) => void;
  /** Counts a credential hash that no master key opened. */
  readonly noteUnreadable: () => void;
  /** Whether there is any account. @throws TransientFailure */
  readonly anyUser: () => Promise<boolean>;
};

export type EndSessions = {
  readonly userId: string;
  readonly nowUs: number;
  readonly reason: EndReason;
  readonly actor: Actor;
  readonly except?: string | undefined;
};
