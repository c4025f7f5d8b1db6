/**
 * The rules about one name that a user is known by, a login or an imported id: it belongs to nobody or to one user. Both are
 * claimed here, so that nobody's login is what a token calls somebody else.
 */
import { type Decided, type Decider, decided, fact, isFact, type NewFact, refused } from '@plenum/event';
import { LoginClaimed, LoginReleased } from './user-events.ts';

/** Whose it is. */
export type LoginState = { readonly userId: string } | undefined;

export type LoginCommand = {
  readonly do: 'claim' | 'release';
  /** As `loginHash` makes it. */
  readonly hash: string;
  readonly userId: string;
};

const decide = (state: LoginState, { do: order, hash, userId }: LoginCommand): Decided => {
  const data = { login_hash: hash, user_id: userId };
  const isTheirs = state?.userId === userId;
  if (order === 'release') return isTheirs ? decided(fact(LoginReleased, data)) : decided();
  if (isTheirs) return decided();
  return state === undefined
    ? decided(fact(LoginClaimed, data))
    : refused('exists', 'The login belongs to somebody else.');
};

const evolve = (state: LoginState, happened: NewFact): LoginState => {
  if (isFact(LoginClaimed, happened)) return { userId: happened.data.user_id };
  if (isFact(LoginReleased, happened)) return undefined;
  return state;
};

export const login: Decider<LoginState, LoginCommand> = { initial: undefined, decide, evolve };
