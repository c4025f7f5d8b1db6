/** What can be asked for about users, keys and sessions, as the commands that `handleCommand` takes. */
import { type Actor, type Command, command } from '@plenum/event';
import { credentialHashOf, type EncryptedHash } from './credential-hashes/credential-hash-of.ts';
import type { Grant } from './grant.ts';
import { apiKey, type KeyCommand } from './keys/api-key.ts';
import { expectOrganisation } from './organisations/organisation-commands.ts';
import { both, type Role } from './permissions.ts';
import { type SessionCommand, session } from './sessions/session.ts';
import type { EndReason } from './sessions/session-events.ts';
import { credentialStream, keyStream, sessionStream, userStream } from './streams.ts';
import { type KeptSession, type UserCommand, user } from './users/user.ts';

type Of<Data, Do> = Omit<Extract<Data, { readonly do: Do }>, 'do'>;

/** A new account. Without a credential hash nobody can log in to it yet. */
export const createUser = ({
  encrypted,
  organisation,
  ...asked
}: Of<UserCommand, 'create'> & {
  readonly encrypted?: EncryptedHash | undefined;
  /** One that is named has to be there. */
  readonly organisation?: string | undefined;
}): Command =>
  command({
    name: 'access.create-user',
    stream: userStream(asked.userId),
    newId: true,
    decider: user,
    data: { do: 'create', ...asked },
    also: () => [
      ...expectOrganisation(organisation),
      ...(encrypted === undefined ? [] : [recordPasswordHash(asked.userId, encrypted)]),
    ],
  });

/** A change of what an account says. With another login, the old one is free for others. */
export const changeUser = (userId: string, asked: Of<UserCommand, 'change'>): Command =>
  ofUser(userId, { do: 'change', ...asked });

type Standing = Extract<UserCommand, { readonly do: 'disable' | 'enable' | 'unlock' | 'lock-out' }>;

/** `disable`, `enable`, `unlock`; `lock-out` after too many wrong passwords. */
export const standUser = (userId: string, asked: Standing): Command => ofUser(userId, asked);

const ofUser = (userId: string, data: Standing | Extract<UserCommand, { readonly do: 'change' }>): Command =>
  command({ name: `access.${data.do}-user`, stream: userStream(userId), decider: user, data });

/** The end of what was started before now; `keeps` is the one session that stays. */
export type SessionsEnd = { readonly actor: Actor; readonly nowUs: number; readonly keeps?: KeptSession | undefined };

/** Whether the actor may is for the caller to find out, as with `endSession`. */
export const endSessionsOf = (userId: string, asked: SessionsEnd): Command =>
  command({
    name: 'access.end-user-sessions',
    stream: userStream(userId),
    decider: user,
    data: { do: 'end-sessions', ...asked },
  });

export type NewPassword = SessionsEnd & {
  readonly encrypted: EncryptedHash;
  /** The version of the credential hash's stream, where it is the password that has just been checked. */
  readonly hashVersion?: number | undefined;
};

/** The name of the command by which users change the password that they know. */
export const ownPasswordChange = 'access.change-password';

/** Another password, given by the user or by somebody who may decide about them. Sessions end with the former one. */
export const changePassword = (userId: string, { encrypted, hashVersion, ...asked }: NewPassword): Command =>
  command({
    name: hashVersion === undefined ? 'access.reset-password' : ownPasswordChange,
    stream: userStream(userId),
    decider: user,
    data: { do: 'change-password', ...asked },
    also: () => [
      hashVersion === undefined
        ? recordPasswordHash(userId, encrypted)
        : { ...recordPasswordHash(userId, encrypted), expectedVersion: hashVersion },
    ],
  });

/** The same password under stronger hashing or another master key; only for a caller that has just checked it. */
export const recordPasswordHash = (userId: string, encrypted: EncryptedHash): Command =>
  command({
    name: 'access.encrypt-password',
    stream: credentialStream(userId),
    decider: credentialHashOf,
    data: { do: 'encrypt', subject: userId, kind: 'password', encrypted },
  });

/** A new key with what it is checked against. */
export const issueKey = ({
  encrypted,
  organisation,
  ...asked
}: Of<KeyCommand, 'issue'> & {
  readonly encrypted: EncryptedHash;
  /** One that is named has to be there. */
  readonly organisation?: string | undefined;
}): Command =>
  command({
    name: 'access.issue-key',
    stream: keyStream(asked.keyId),
    newId: true,
    decider: apiKey,
    data: { do: 'issue', ...asked },
    also: () => [
      ...expectOrganisation(organisation),
      command({
        name: 'access.encrypt-key',
        stream: credentialStream(asked.keyId),
        decider: credentialHashOf,
        data: { do: 'encrypt', subject: asked.keyId, kind: 'api_key', encrypted },
      }),
    ],
  });

/** `change`, `disable`, `enable`, or `use`, which reports what was counted. */
export const decideKey = (
  keyId: string,
  data: Extract<KeyCommand, { readonly do: 'change' | 'disable' | 'enable' | 'use' }>,
): Command => command({ name: `access.${data.do}-key`, stream: keyStream(keyId), decider: apiKey, data });

/** The end of a key, and of what it is checked against. */
export const revokeKey = (keyId: string, { actor }: { readonly actor: Actor }): Command =>
  command({
    name: 'access.revoke-key',
    stream: keyStream(keyId),
    decider: apiKey,
    data: { do: 'revoke', actor },
    also: () => [
      command({
        name: 'access.withdraw-key',
        stream: credentialStream(keyId),
        decider: credentialHashOf,
        data: { do: 'withdraw', subject: keyId, actor },
      }),
    ],
  });

export type SessionAsked = {
  readonly tokenId: string;
  readonly userId: string;
  readonly nowUs: number;
  readonly expiresAtUs: number;
  readonly deviceInfo?: string | undefined;
  /** What the token may open at most; whatever the user may, unless given. */
  readonly permissions?: readonly string[] | undefined;
  /** What else has to hold at the same moment. */
  readonly onlyIf?: Command | undefined;
};

/**
 * A session of a user who may have one. It is decided on the user's own stream too, so that none starts after a
 * disable that was decided at the same moment.
 */
export const startSession = ({ userId, permissions, onlyIf, ...asked }: SessionAsked): Command =>
  command({
    name: 'access.start-session',
    stream: userStream(userId),
    decider: user,
    data: { do: 'admit', nowUs: asked.nowUs },
    also: ({ after }) => {
      if (after === undefined) return [];
      const held = after.fields.permissions;
      // The user's own events say the role, and only roles that we know are recorded in them.
      const role = after.fields.role as Role;
      const grant: Grant = { role, permissions: permissions === undefined ? held : both(permissions, held) };
      const started = ofSession(asked.tokenId, 'start', { do: 'start', userId, grant, ...asked });
      return onlyIf === undefined ? [started] : [started, onlyIf];
    },
  });

export const endSession = (tokenId: string, asked: { readonly reason: EndReason; readonly actor: Actor }): Command =>
  ofSession(tokenId, 'end', { do: 'end', tokenId, ...asked });

/** The end of a token that brought no record with it: it gets one. Nobody is let in by that, so a lock-out is no reason. */
export const endUnrecorded = (asked: Of<SessionCommand, 'end-unrecorded'>): Command =>
  ofSession(asked.tokenId, 'end', { do: 'end-unrecorded', ...asked });

const ofSession = (tokenId: string, verb: 'start' | 'end', data: SessionCommand): Command =>
  command({ name: `access.${verb}-session`, stream: sessionStream(tokenId), decider: session, data });
