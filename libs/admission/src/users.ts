/** Orders about accounts. */
import {
  changePassword,
  changeUser,
  createUser,
  forgetAttempts,
  isUser,
  orderUser,
  plenumItself,
  type Role,
  type User,
  type UserCommand,
  user,
  userStream,
} from '@plenum/access';
import { oneTimePassword } from '@plenum/credentials';
import { refused, timeId } from '@plenum/event';
import { stateOf } from '@plenum/runtime';
import { isId } from './decide.ts';
import { type ImportUser, importUser } from './import-user.ts';
import type { Machinery } from './machinery.ts';
import type { Done, NotDone, Order, Ordered, OrderedSecret } from './orders.ts';
import { passwordProblem } from './password-policy.ts';

export type Users = ImportUser & {
  /** Without a password a one-time password is made, and is the secret of the answer. */
  create(asked: NewUser & Order): OrderedSecret;
  /** As decided, read models or not. `undefined`: there is no such user. @throws TransientFailure */
  get(userId: string): Promise<{ readonly user: User; readonly version: number } | undefined>;
  change(userId: string, asked: UserChange & Order): Ordered;
  /** His sessions open nothing from then on. */
  disable(userId: string, order: Order): Ordered;
  enable(userId: string, order: Order): Ordered;
  /** Ends a lock-out, and forgets the failures that led to it, or were about to: also where nothing is locked yet. */
  unlock(userId: string, order: Order): Ordered;
  /**
   * Somebody else's password: a one-time password unless one is given. Ends his sessions; after TransientFailure, ask again with
   * the same command id.
   */
  resetPassword(userId: string, asked: { readonly password?: string | undefined } & Order): OrderedSecret;
  /**
   * The first administrator, where there never was a user: exactly one of all processes is told the password, once.
   * @throws TransientFailure
   */
  createFirst(): Promise<FirstUser>;
};

export type FirstUser =
  | { readonly outcome: 'created'; readonly userId: string; readonly login: string; readonly password: string }
  | { readonly outcome: 'exists' };

export type NewUser = {
  readonly login: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Role;
  /** Those of the role, unless given. */
  readonly permissions?: readonly string[] | undefined;
  /** 12 to 1024 characters, in the form of RFC 8265. */
  readonly password?: string | undefined;
};

/** What is not given stays. A new role brings its own permissions unless some are given; an empty email removes it. */
export type UserChange = {
  readonly login?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
};

/** One for all processes and for ever, so that only one of them is the first. */
const firstCommandId = 'users.first';
const firstLogin = 'admin';

export const usersOver = (parts: Machinery): Users => {
  const { database, deciding, decisions, hashLogin, sealedPassword, endSessions } = parts;

  const newUserId = (): string => timeId(Math.floor(decisions.clock.nowUs() / 1000), decisions.random.bytes16());
  const about = (kind: string, userId: string, order: Order) => ({
    order,
    kind: `users.${kind}`,
    subject: userId,
    stream: userStream(userId),
    prefix: userStream(''),
  });
  const simple = (userId: string, { actor, expectedVersion, ...order }: Order, what: 'disable' | 'enable' | 'unlock') =>
    deciding.order({
      ...about(what, userId, { actor, ...order }),
      ask: orderUser(userId, { do: what, actor, expectedVersion }),
    });

  return {
    ...importUser(parts),
    create: async ({ login, name, email, role, permissions, password, ...order }) => {
      const problem = password === undefined ? undefined : passwordProblem(password, login);
      if (problem !== undefined) return refused('invalid', problem);
      const userId = newUserId();
      const made = password ?? oneTimePassword();
      const account = { userId, login, name, email, role, permissions, actor: order.actor };
      const sealed = await sealedPassword(userId, made);
      const ask = createUser({ ...account, sealed }, hashLogin);
      const done = await deciding.order({ ...about('create', '', order), stream: userStream(userId), ask });
      return withSecret(done, password === undefined ? made : undefined);
    },
    get: async (userId) => {
      if (!isId(userId)) return undefined;
      const { state, version } = await stateOf(decisions.store, user, userStream(userId));
      return state === undefined ? undefined : { user: state, version };
    },
    change: (userId, { login, name, email, role, permissions, ...order }) => {
      const { actor, expectedVersion } = order;
      const change: Omit<Extract<UserCommand, { readonly do: 'change' }>, 'do'> = {
        ...{ login, name, email, role, permissions, actor },
      };
      const ask = changeUser(userId, { ...change, expectedVersion }, hashLogin);
      return deciding.order({ ...about('change', userId, order), ask });
    },
    disable: (userId, order) => simple(userId, order, 'disable'),
    enable: (userId, order) => simple(userId, order, 'enable'),
    unlock: async (userId, order) => {
      const done = await simple(userId, order, 'unlock');
      if (done.outcome === 'done') {
        const { text, parameters } = forgetAttempts(userId);
        await database.sql(text, parameters);
      }
      return done;
    },
    resetPassword: async (userId, { password, ...order }) => {
      // Or a token that was left lying about would be worth the account.
      if (isUser(order.actor, userId))
        return refused('forbidden', 'Nobody changes his own password without knowing it.');
      const problem = password === undefined ? undefined : passwordProblem(password);
      if (problem !== undefined) return refused('invalid', problem);
      const made = password ?? oneTimePassword();
      const { actor, expectedVersion } = order;
      const sealed = await sealedPassword(userId, made);
      const ask = {
        ...changePassword(userId, { actor, nowUs: decisions.clock.nowUs(), sealed }),
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      };
      const done = await deciding.order({ ...about('password', userId, order), ask });
      // They open nothing already; each says so too, and so does one that began by a clock that is ahead.
      if (done.outcome === 'done') await endSessions(userId, { reason: 'password-changed', actor });
      return withSecret(done, password === undefined ? made : undefined);
    },
    createFirst: () => createFirst(parts, newUserId()),
  };
};

const createFirst = async (parts: Machinery, userId: string): Promise<FirstUser> => {
  const { deciding, hashLogin, sealedPassword, anyUser } = parts;
  if (await anyUser()) return { outcome: 'exists' };
  const password = oneTimePassword();
  const sealed = await sealedPassword(userId, password);
  const account = { userId, login: firstLogin, name: 'Administrator', role: 'administrator' as const };
  const ask = createUser({ ...account, actor: plenumItself, sealed }, hashLogin);
  const { outcome } = await deciding.record(firstCommandId, ask);
  return outcome === 'recorded' ? { outcome: 'created', userId, login: firstLogin, password } : { outcome: 'exists' };
};

const withSecret = (
  done: Done | NotDone,
  secret: string | undefined,
): (Done & { readonly secret: string | undefined }) | NotDone =>
  done.outcome === 'done' ? { ...done, secret: done.how === 'recorded' ? secret : undefined } : done;
