/** Commands about accounts. */
import {
  changePassword,
  changeUser,
  createUser,
  forgetAttempts,
  isUser,
  rolePermissions,
  standUser,
  type UserPort,
} from '@plenum/access';
import { oneTimePassword } from '@plenum/credentials';
import { installationPermission, plenumItself, refused, timeId } from '@plenum/event';
import { isId } from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';
import { withSecret } from './handled.ts';
import { type ImportUser, importUser } from './import-user.ts';
import { ensureDefaultOrganisation } from './organisations.ts';
import { passwordProblem } from './password-policy.ts';
import { userAsDecided } from './user-as-decided.ts';

export type Users = UserPort &
  ImportUser & {
    /**
     * The first administrator, of the organisation `default` and of the installation, where there never was a user: exactly
     * one of all processes gets the password, once. The organisation is made where nobody has made it.
     * @throws TransientFailure
     */
    createFirst(): Promise<FirstUser>;
  };

export type FirstUser =
  | { readonly outcome: 'created'; readonly userId: string; readonly login: string; readonly password: string }
  | { readonly outcome: 'exists' };

/** One for all processes and for ever, so that only one of them is the first. */
const first = { name: 'access.create-first-user', metadata: { id: 'first', actor: plenumItself } } as const;
const firstLogin = 'admin';

export const usersOver = (parts: AccountContext): Users => {
  const { database, handle, decisions, encryptedPasswordHash, endSessions, givable } = parts;
  const newUserId = (): string => timeId(Math.floor(decisions.clock.nowUs() / 1000), decisions.random.bytes16());

  return {
    ...importUser(parts),
    create: async ({ login, name, email, role, permissions, password, ...metadata }) => {
      const problem = password === undefined ? undefined : passwordProblem(password, login);
      if (problem !== undefined) return refused('invalid', problem);
      const userId = newUserId();
      const made = password ?? oneTimePassword();
      const { actor, organisation } = metadata;
      const account = { userId, login, name, email, role, permissions, givable, actor, organisation };
      const encrypted = await encryptedPasswordHash(userId, made);
      const done = await handle(createUser({ ...account, encrypted }), metadata);
      return withSecret(done, password === undefined ? made : undefined);
    },
    get: async (userId) => {
      if (!isId(userId)) return undefined;
      const { state, version } = await userAsDecided(decisions, userId);
      return state === undefined ? undefined : { user: state, version };
    },
    change: (userId, { login, name, email, role, permissions, ...metadata }) => {
      const { actor } = metadata;
      return handle(changeUser(userId, { login, name, email, role, permissions, givable, actor }), metadata);
    },
    disable: (userId, metadata) => handle(standUser(userId, { do: 'disable', actor: metadata.actor }), metadata),
    enable: (userId, metadata) => handle(standUser(userId, { do: 'enable', actor: metadata.actor }), metadata),
    unlock: async (userId, metadata) => {
      const done = await handle(standUser(userId, { do: 'unlock', actor: metadata.actor }), metadata);
      if (done.outcome === 'done') {
        const { text, parameters } = forgetAttempts(userId);
        await database.sql(text, parameters);
      }
      return done;
    },
    resetPassword: async (userId, { password, ...metadata }) => {
      const { actor } = metadata;
      // Or a token that was left lying about would be worth the account.
      if (isUser(actor, userId)) {
        return refused('forbidden', 'Nobody changes their own password without knowing it.');
      }
      const problem = password === undefined ? undefined : passwordProblem(password);
      if (problem !== undefined) return refused('invalid', problem);
      const made = password ?? oneTimePassword();
      const encrypted = await encryptedPasswordHash(userId, made);
      const nowUs = decisions.clock.nowUs();
      const { done } = await endSessions({ userId, nowUs, reason: 'password-changed', actor }, () =>
        handle(changePassword(userId, { actor, nowUs, encrypted }), metadata),
      );
      return withSecret(done, password === undefined ? made : undefined);
    },
    createFirst: () => createFirst(parts, newUserId()),
  };
};

const createFirst = async (parts: AccountContext, userId: string): Promise<FirstUser> => {
  const { handle, encryptedPasswordHash, anyUser } = parts;
  await ensureDefaultOrganisation(parts);
  if (await anyUser()) return { outcome: 'exists' };
  const password = oneTimePassword();
  const encrypted = await encryptedPasswordHash(userId, password);
  const permissions = [...rolePermissions.administrator, installationPermission];
  const account = { userId, login: firstLogin, name: 'Administrator', role: 'administrator' as const, permissions };
  const command = { ...createUser({ ...account, actor: plenumItself, encrypted }), name: first.name };
  const done = await handle(command, first.metadata);
  return done.outcome === 'done' && done.how === 'recorded'
    ? { outcome: 'created', userId, login: firstLogin, password }
    : { outcome: 'exists' };
};
