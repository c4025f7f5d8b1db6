/**
 * What can be asked for, as the streams it takes: each ask names one stream with its rules and its order, and what else
 * has to be decided together with it. `decideCommand` of the runtime takes them as they are, and records all or nothing.
 */
import type { Decider, NewFact } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import type { Actor } from './actor.ts';
import type { Grant } from './grant.ts';
import { type Recording, writeGuards } from './guards/statements.ts';
import { apiKey, type KeyCommand } from './keys/api-key.ts';
import { both, type Role } from './permissions.ts';
import { type SessionCommand, session } from './sessions/session.ts';
import type { EndReason } from './sessions/session-events.ts';
import { keyStream, loginStream, plainLogin, sessionStream, userStream, verifierStream } from './streams.ts';
import { login } from './users/login.ts';
import { type KeptSession, type UserCommand, type UserState, user } from './users/user.ts';
import { type Sealed, verifierOf } from './verifiers/verifier-of.ts';

/** One stream's part in a command, in the shape of the runtime's `Ask`. */
export type AccessAsk = {
  readonly stream: string;
  readonly decider: Decider<unknown, unknown>;
  readonly command: unknown;
  /** As whoever asked has seen the stream (`If-Match`). */
  readonly expectedVersion?: number;
  readonly also?: (made: Made<unknown>) => readonly AccessAsk[];
  /** Writes the guards in the transaction of the decision. */
  readonly alongside: (sql: Sql, recorded: Recording) => Promise<void>;
};

type Made<State> = { readonly before: State; readonly facts: readonly NewFact[]; readonly after: State };

type Part<State, Command> = {
  readonly stream: string;
  readonly decider: Decider<State, Command>;
  readonly command: Command;
  readonly expectedVersion?: number | undefined;
  readonly also?: (made: Made<State>) => readonly AccessAsk[];
};

const part = <State, Command>({ expectedVersion, ...declared }: Part<State, Command>): AccessAsk =>
  // Erasure: an ask's functions are only ever given the states that its own decider made.
  ({
    ...declared,
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
    alongside: writeGuards,
  }) as unknown as AccessAsk;

type Of<Command, Do> = Omit<Extract<Command, { readonly do: Do }>, 'do'>;

/** The version of the stream on which somebody decided, when it has to be the one he has seen. */
export type Seen = { readonly expectedVersion?: number | undefined };

/** A new account. Without a verifier nobody can log in to it yet. `hashLogin` is `loginHash` with its digest. */
export const createUser = (
  asked: Of<UserCommand, 'create'> & { readonly sealed?: Sealed | undefined },
  hashLogin: (login: string) => string,
): AccessAsk => {
  const { sealed, ...order } = asked;
  const { userId } = order;
  return part({
    stream: userStream(userId),
    decider: user,
    command: { do: 'create', ...order },
    also: () => [
      ...namesOf(order).map((name) => claimed('claim', { userId, hash: hashLogin(name) })),
      ...(sealed === undefined ? [] : [sealPassword(userId, sealed)]),
    ],
  });
};

/** A change of what an account says. With another login, the old one is free for others. */
export const changeUser = (
  userId: string,
  { expectedVersion, ...asked }: Of<UserCommand, 'change'> & Seen,
  hashLogin: (login: string) => string,
): AccessAsk =>
  part({
    stream: userStream(userId),
    decider: user,
    command: { do: 'change', ...asked },
    expectedVersion,
    also: ({ before, after }) => {
      const [from, to] = [loginOf(before), loginOf(after)];
      if (from === undefined || to === undefined || from === to) return [];
      const claim = claimed('claim', { userId, hash: hashLogin(to) });
      // An imported id stays: tokens of the replaced system go on naming it.
      if (before?.importedId !== undefined && plainLogin(before.importedId) === from) return [claim];
      return [claim, claimed('release', { userId, hash: hashLogin(from) })];
    },
  });

/** What nobody else may be known by, each once. */
const namesOf = ({ login: own, importedId }: Pick<Of<UserCommand, 'create'>, 'login' | 'importedId'>) =>
  new Set(importedId === undefined ? [plainLogin(own)] : [plainLogin(own), plainLogin(importedId)]).values().toArray();

const loginOf = (state: UserState): string | undefined => state && plainLogin(state.fields.login);

const claimed = (order: 'claim' | 'release', { userId, hash }: { readonly userId: string; readonly hash: string }) =>
  part({ stream: loginStream(hash), decider: login, command: { do: order, hash, userId } });

/** `disable`, `enable`, `unlock`; `lock-out` after too many wrong passwords. */
export const orderUser = (
  userId: string,
  {
    expectedVersion,
    ...command
  }: Extract<UserCommand, { readonly do: 'disable' | 'enable' | 'unlock' | 'lock-out' }> & Seen,
): AccessAsk => part({ stream: userStream(userId), decider: user, command, expectedVersion });

/** The end of what was started before now; `keeps` is the one session that stays. */
export type SessionsEnd = { readonly actor: Actor; readonly nowUs: number; readonly keeps?: KeptSession | undefined };

/** Whether the actor may is for whoever asks to find out: it is as with `endSession`. */
export const endSessionsOf = (userId: string, asked: SessionsEnd): AccessAsk =>
  part({ stream: userStream(userId), decider: user, command: { do: 'end-sessions', ...asked } });

/** Another password, given by the user or by somebody who may decide about him. His sessions end with the former one. */
export const changePassword = (
  userId: string,
  { sealed, ...asked }: SessionsEnd & { readonly sealed: Sealed },
): AccessAsk =>
  part({
    stream: userStream(userId),
    decider: user,
    command: { do: 'change-password', ...asked },
    also: () => [sealPassword(userId, sealed)],
  });

/** The same password under stronger hashing or another master key; only for whoever has just seen it to be right. */
export const sealPassword = (userId: string, sealed: Sealed): AccessAsk =>
  part({
    stream: verifierStream(userId),
    decider: verifierOf,
    command: { do: 'seal', subject: userId, kind: 'password', sealed },
  });

/** A new key with what it is checked against. */
export const issueKey = (asked: Of<KeyCommand, 'issue'> & { readonly sealed: Sealed }): AccessAsk => {
  const { sealed, ...order } = asked;
  return part({
    stream: keyStream(order.keyId),
    decider: apiKey,
    command: { do: 'issue', ...order },
    also: () => [
      part({
        stream: verifierStream(order.keyId),
        decider: verifierOf,
        command: { do: 'seal', subject: order.keyId, kind: 'api_key', sealed },
      }),
    ],
  });
};

/** `change`, `disable`, `enable`, or `use`, which tells what was counted. */
export const orderKey = (
  keyId: string,
  { expectedVersion, ...command }: Extract<KeyCommand, { readonly do: 'change' | 'disable' | 'enable' | 'use' }> & Seen,
): AccessAsk => part({ stream: keyStream(keyId), decider: apiKey, command, expectedVersion });

/** The end of a key, and of what it is checked against. */
export const revokeKey = (keyId: string, { actor, expectedVersion }: { readonly actor: Actor } & Seen): AccessAsk =>
  part({
    stream: keyStream(keyId),
    decider: apiKey,
    command: { do: 'revoke', actor },
    expectedVersion,
    also: () => [
      part({
        stream: verifierStream(keyId),
        decider: verifierOf,
        command: { do: 'withdraw', subject: keyId, actor },
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
};

/**
 * A session of a user who may have one. It is decided on the user's own stream too, so that none starts after a
 * disable that was decided at the same moment.
 */
export const startSession = ({ userId, permissions, ...asked }: SessionAsked): AccessAsk =>
  part({
    stream: userStream(userId),
    decider: user,
    command: { do: 'admit', nowUs: asked.nowUs },
    also: ({ after }) => {
      if (after === undefined) return [];
      const held = after.fields.permissions;
      // The user's own facts say the role, and only roles that we know are recorded in them.
      const role = after.fields.role as Role;
      const grant: Grant = { role, permissions: permissions === undefined ? held : both(permissions, held) };
      const command = { do: 'start' as const, userId, grant, ...asked };
      return [part({ stream: sessionStream(asked.tokenId), decider: session, command })];
    },
  });

export const endSession = (tokenId: string, asked: { readonly reason: EndReason; readonly actor: Actor }): AccessAsk =>
  part({ stream: sessionStream(tokenId), decider: session, command: { do: 'end', tokenId, ...asked } });

/** The end of a token that brought no record with it: it gets one. Nobody is let in by that, so a lock-out is no reason. */
export const endUnrecorded = (
  asked: Omit<Extract<SessionCommand, { readonly do: 'end-unrecorded' }>, 'do'>,
): AccessAsk =>
  part({ stream: sessionStream(asked.tokenId), decider: session, command: { do: 'end-unrecorded', ...asked } });
