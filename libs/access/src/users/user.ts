/** The rules about one account. */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  isEvent,
  isSamePersonal,
  isUuid,
  type NewEvent,
  newEvent,
  type Personal,
  personal,
  personalText,
  refused,
} from '@plenum/event';
import { isUser, mayDoAll } from '../actor.ts';
import { type Givable, grant } from '../grant.ts';
import type { Role } from '../permissions.ts';
import type { EndReason } from '../sessions/session-events.ts';
import { plainLogin } from '../streams.ts';
import {
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  type UserFields,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
} from './user-events.ts';

/** `undefined`: there is no such user. */
export type UserState = User | undefined;

export type User = {
  readonly userId: string;
  readonly standing: 'active' | 'disabled';
  readonly fields: UserFields;
  /** What a replaced system calls them; theirs for ever. */
  readonly importedId: Personal | undefined;
  /** No password is looked at before. May be past. */
  readonly lockedUntilUs: number | undefined;
  readonly sessionsEnded: SessionsEnded | undefined;
};

/** What was started by then opens nothing, but for the one that was kept. */
export type SessionsEnded = { readonly untilUs: number; readonly keptTokenId: string | undefined };

/** The session that stays when the others end. */
export type KeptSession = { readonly tokenId: string; readonly startedAtUs: number };

/** What is asked for about a user, one function each. */
type Asked = {
  readonly create: {
    readonly userId: string;
    readonly login: string;
    readonly name: string;
    readonly email?: string | undefined;
    readonly role: Role;
    /** Those of the role, unless given. */
    readonly permissions?: readonly string[] | undefined;
    readonly givable?: Givable;
    /** What a replaced system calls them: its tokens are theirs. */
    readonly importedId?: string | undefined;
    readonly actor: Actor;
  };
  /** What is not given stays. A new role brings its own permissions unless some are given; an empty email removes it. */
  readonly change: {
    readonly login?: string | undefined;
    readonly name?: string | undefined;
    readonly email?: string | undefined;
    readonly role?: Role | undefined;
    readonly permissions?: readonly string[] | undefined;
    readonly givable?: Givable;
    readonly actor: Actor;
  };
  readonly disable: { readonly actor: Actor };
  readonly enable: { readonly actor: Actor };
  readonly 'lock-out': { readonly untilUs: number; readonly failures: number };
  readonly unlock: { readonly actor: Actor };
  /** Changes nothing: refused unless the user may have a session now. */
  readonly admit: { readonly nowUs: number };
  /** What was started before opens nothing. Anyone who looks after users may: a token that leaked must not wait. */
  readonly 'end-sessions': EndAll;
  /** Another password, for an actor who may decide about this user. Sessions of the former one end with it. */
  readonly 'change-password': EndAll;
};

type EndAll = { readonly nowUs: number; readonly keeps?: KeptSession | undefined; readonly actor: Actor };

export type UserCommand = { readonly [Do in keyof Asked]: { readonly do: Do } & Asked[Do] }[keyof Asked];

const decide = (state: UserState, command: UserCommand): Decided => {
  if (command.do === 'create') return create(state, command);
  if (state === undefined) return refused('not-found', 'There is no such user.');
  switch (command.do) {
    case 'change':
      return change(state, command);
    case 'disable':
      return disable(state, command);
    case 'enable':
      return overseen(state, command.actor, () =>
        state.standing === 'active'
          ? decided()
          : decided(newEvent(UserEnabled, { user_id: state.userId, by: actorName(command.actor) })),
      );
    case 'lock-out':
      return (state.lockedUntilUs ?? 0) >= command.untilUs
        ? decided()
        : decided(
            newEvent(UserLockedOut, { user_id: state.userId, until: command.untilUs, failures: command.failures }),
          );
    case 'unlock':
      return overseen(state, command.actor, () =>
        state.lockedUntilUs === undefined
          ? decided()
          : decided(newEvent(UserUnlocked, { user_id: state.userId, by: actorName(command.actor) })),
      );
    case 'admit':
      return admit(state, command.nowUs);
    case 'end-sessions':
      return endAll(state, command, 'revoked');
    case 'change-password':
      return overseen(state, command.actor, () =>
        state.fields.login.state === 'erased' ? noLogin : endAll(state, command, 'password-changed'),
      );
  }
};

const noLogin = refused('not-now', 'The login of this user was erased: no password is of use until they have another.');

const create = (state: UserState, { userId, actor, importedId, ...asked }: Asked['create']): Decided => {
  if (state !== undefined) return refused('exists', 'There is such a user already.');
  if (!isUuid(userId)) return refused('invalid', 'The id of a user is a UUID.');
  const granted = grant(actor, asked);
  if (granted.outcome === 'refused') return granted;
  const { role, permissions } = granted;
  const email = textGiven(asked.email ?? '');
  const fields: UserFields = { login: personal(asked.login), name: personal(asked.name), email, role, permissions };
  if (importedId !== undefined && !importedIdPattern.test(importedId)) {
    return refused('invalid', 'An imported id is 1 to 200 visible ASCII characters.');
  }
  const created = {
    user_id: userId,
    ...{ ...fields, by: actorName(actor) },
    imported_id: importedId === undefined ? undefined : personal(importedId),
  };
  return complaintAbout(fields) ?? decided(newEvent(UserCreated, created));
};

const change = (user: User, { actor, ...asked }: Asked['change']): Decided =>
  overseen(user, actor, () => {
    const changesGrant = asked.role !== undefined || asked.permissions !== undefined;
    if (changesGrant && isUser(actor, user.userId)) {
      return refused('forbidden', 'Nobody changes what they may do themselves.');
    }
    const given = changesGrant
      ? grant(actor, { ...asked, role: asked.role ?? user.fields.role })
      : { outcome: 'granted' as const, role: user.fields.role, permissions: user.fields.permissions };
    if (given.outcome === 'refused') return given;
    const fields: UserFields = {
      login: asked.login === undefined ? user.fields.login : personal(asked.login),
      name: asked.name === undefined ? user.fields.name : personal(asked.name),
      email: asked.email === undefined ? user.fields.email : textGiven(asked.email),
      role: given.role,
      permissions: given.permissions,
    };
    if (sameFields(fields, user.fields)) return decided();
    return (
      complaintAbout(fields) ??
      decided(newEvent(UserChanged, { user_id: user.userId, ...fields, by: actorName(actor) }))
    );
  });

/** An empty text is none. */
const textGiven = (text: string): Personal | undefined => (text === '' ? undefined : personal(text));

const disable = (user: User, { actor }: Asked['disable']): Decided =>
  overseen(user, actor, () => {
    if (user.standing === 'disabled') return decided();
    if (isUser(actor, user.userId)) return refused('forbidden', 'Nobody disables their own account.');
    return decided(newEvent(UserDisabled, { user_id: user.userId, by: actorName(actor) }));
  });

const admit = (user: User, nowUs: number): Decided => {
  if (user.standing === 'disabled') return refused('forbidden', 'The account is disabled.');
  if ((user.lockedUntilUs ?? 0) > nowUs) return refused('not-now', 'The account is locked for now.');
  return decided();
};

/**
 * Time does not go back, whatever the clock of one process says; and a session that had ended already is not kept, or
 * it could come back by being the one that asks.
 */
const endAll = (user: User, { nowUs, keeps, actor }: EndAll, reason: EndReason): Decided => {
  const { untilUs = 0, keptTokenId } = user.sessionsEnded ?? {};
  const isLive = keeps !== undefined && (keeps.startedAtUs > untilUs || keeps.tokenId === keptTokenId);
  return decided(
    newEvent(UserSessionsEnded, {
      user_id: user.userId,
      until: Math.max(nowUs, untilUs),
      kept_token_id: isLive ? keeps.tokenId : undefined,
      reason,
      by: actorName(actor),
    }),
  );
};

/** An actor who may do less than a user decides nothing about them, or the actor could become that user. */
const overseen = (user: User, actor: Actor, decideThen: () => Decided): Decided =>
  mayDoAll(actor, user.fields.permissions)
    ? decideThen()
    : refused('forbidden', 'The user may do more than the caller.');

const loginPattern = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;
/** As ids may be wherever they are recorded. */
const importedIdPattern = /^[\x21-\x7e]{1,200}$/;
/** One line of text, as people have names; control characters would let one account look like another. */
const linePattern = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** What is erased, or cannot be read now, was in order once. */
const complaintAbout = (fields: UserFields): Decided | undefined => {
  const [login, name, email] = [fields.login, fields.name, fields.email].map(personalText);
  if (login !== undefined && !loginPattern.test(login)) {
    return refused('invalid', 'A login is 1 to 128 letters, digits and . _ @ + - and begins with a letter or a digit.');
  }
  if (name !== undefined && !linePattern.test(name))
    return refused('invalid', 'A name is one line of 1 to 200 characters.');
  if (email !== undefined && !(linePattern.test(email) && /^[^@\s]+@[^@\s]+$/.test(email))) {
    return refused('invalid', 'An email address has something before and after one @.');
  }
  return undefined;
};

const sameFields = (one: UserFields, other: UserFields): boolean =>
  isSamePersonal(one.login, other.login) &&
  isSamePersonal(one.name, other.name) &&
  isSamePersonal(one.email, other.email) &&
  one.role === other.role &&
  one.permissions.join(' ') === other.permissions.join(' ');

const evolve = (state: UserState, happened: NewEvent): UserState => {
  if (isEvent(UserCreated, happened)) {
    const { user_id: userId, by: _, imported_id: importedId, ...fields } = happened.data;
    return { userId, standing: 'active', fields, importedId, lockedUntilUs: undefined, sessionsEnded: undefined };
  }
  if (state === undefined) return state;
  if (isEvent(UserChanged, happened)) {
    const { user_id: _id, by: _by, ...fields } = happened.data;
    return { ...state, fields };
  }
  if (isEvent(UserDisabled, happened)) return { ...state, standing: 'disabled' };
  if (isEvent(UserEnabled, happened)) return { ...state, standing: 'active' };
  if (isEvent(UserLockedOut, happened)) return { ...state, lockedUntilUs: happened.data.until };
  if (isEvent(UserUnlocked, happened)) return { ...state, lockedUntilUs: undefined };
  if (isEvent(UserSessionsEnded, happened)) {
    const { until: untilUs, kept_token_id: keptTokenId } = happened.data;
    return { ...state, sessionsEnded: { untilUs, keptTokenId } };
  }
  return state;
};

/**
 * A login and an imported id are one kind of name, so that nobody's login is what a token calls somebody else. The imported
 * id is theirs for ever. What cannot be read is held as it was: nothing changes hands.
 */
const reserves = (state: UserState): readonly string[] => {
  if (state === undefined) return [];
  const { fields, importedId } = state;
  const names = [fields.login, importedId].map(personalText).filter((name) => name !== undefined);
  return [...new Set(names.map((name) => `login:${plainLogin(name)}`))];
};

export const user: Decider<UserState, UserCommand> = {
  initial: undefined,
  decide,
  evolve,
  reserves,
  hashesNames: true,
  reservedReason: 'The login belongs to somebody else.',
};
