/** `plenum users …`: who has an account, and what they may do. */
import type { UserShown } from '@plenum/access';
import { defineCommand } from '../command-line/command.ts';
import { optionalText, requiredText } from '../command-line/options.ts';
import { exits, late, onMachine } from './about.ts';
import { commandUser } from './command-user.ts';
import { optionalPermissions, optionalRole, ordering, removableText, requiredRole, usual } from './options.ts';

const who = requiredText('The user: a login, or an id.', 'LOGIN');

export const usersList = defineCommand({
  name: 'users list',
  summary: 'Say who has an account.',
  about: `With role, standing and version. ${late}`,
  options: { role: optionalRole('Only these.'), ...usual },
  examples: ['users list', 'users list --role administrator --json'],
  run: async ({ role, log, json }, surroundings) => {
    const [{ allPages, list }, { userReads }] = await Promise.all([import('./listing.ts'), import('@plenum/access')]);
    return list<UserShown>(
      {
        ...{ log, json, what: 'users' },
        rows: ({ sql, show }) =>
          allPages((last, limit) => userReads(sql, show).page({ role, afterUser: last?.user_id, limit })),
        columns: {
          login: ({ login }) => login ?? erased,
          name: ({ name }) => name ?? erased,
          role: ({ role: given }) => given,
          organisation: ({ organisation }) => organisation,
          standing: ({ is_active, locked_until }) =>
            `${is_active ? 'active' : 'disabled'}${isLater(locked_until) ? `, locked until ${locked_until}` : ''}`,
          version: ({ stream_version }) => String(stream_version),
          id: ({ user_id }) => user_id,
        },
      },
      surroundings,
    );
  },
});

/** What stands where a name was. */
const erased = '-';

const isLater = (time: string | null): time is string => time !== null && Date.parse(time) > Date.now();

export const usersCreate = defineCommand({
  name: 'users create',
  summary: 'Make an account, and print its one-time password once.',
  about: `The password is written to standard output this once, and kept nowhere. ${onMachine}\n\n${exits}`,
  options: {
    login: requiredText('What they log in with.', 'LOGIN'),
    name: requiredText('Their name, for people.', 'NAME'),
    role: requiredRole('What they are.'),
    email: optionalText('Their address.', 'EMAIL'),
    permissions: optionalPermissions('What they may do, instead of what comes with the role.'),
    organisation: optionalText('That they belong to; default, unless given.', 'ID'),
    'command-id': ordering['command-id'],
    ...usual,
  },
  examples: ["users create --login ana --name 'Ana Marić' --role operator"],
  run: async ({ log, json, 'command-id': commandId, ...asked }, surroundings) => {
    const [{ newMetadata, withAccess }, { answer }] = await Promise.all([
      import('./with-access.ts'),
      import('./answer.ts'),
    ]);
    return withAccess({ log }, surroundings, async ({ authentication }) => {
      const ended = await authentication.users.create({ ...asked, ...newMetadata(commandId) });
      const done = ({ id }: { readonly id: string }) => `${asked.login} has an account: ${id}`;
      return answer(ended, { json, done, secret: 'One-time password' }, surroundings);
    });
  },
});

export const usersChange = defineCommand({
  name: 'users change',
  summary: 'Change what an account says: login, name, address, role, permissions.',
  about: `What is not given stays. A new role brings its own permissions unless some are given. ${onMachine}\n\n${exits}`,
  options: {
    user: who,
    login: optionalText('Another login.', 'LOGIN'),
    name: optionalText('Another name.', 'NAME'),
    email: removableText('Another address; empty removes it.', 'EMAIL'),
    role: optionalRole('Another role.'),
    permissions: optionalPermissions('What they may do, instead of what comes with the role.'),
    ...ordering,
  },
  examples: ['users change --user ana --role maintenance', 'users change --user ana --permissions read:sensors'],
  run: ({ login, name, email, role, permissions, ...asked }, surroundings) =>
    commandUser(asked, surroundings, {
      done: `${asked.user} is changed`,
      give: ({ users }, id, metadata) => users.change(id, { login, name, email, role, permissions, ...metadata }),
    }),
});

type Simple = { readonly verb: 'disable' | 'enable' | 'unlock'; readonly summary: string; readonly done: string };

const simple = ({ verb, summary, done }: Simple) =>
  defineCommand({
    name: `users ${verb}`,
    summary,
    about: `${onMachine}\n\n${exits}`,
    options: { user: who, ...ordering },
    examples: [`users ${verb} --user ana`],
    run: (asked, surroundings) =>
      commandUser(asked, surroundings, {
        done: `${asked.user} ${done}`,
        give: ({ users }, id, metadata) => users[verb](id, metadata),
      }),
  });

export const usersDisable = simple({
  verb: 'disable',
  summary: 'Shut an account: its sessions open nothing from then on.',
  done: 'is disabled',
});
export const usersEnable = simple({
  verb: 'enable',
  summary: 'Open an account that was disabled.',
  done: 'is enabled',
});
export const usersUnlock = simple({
  verb: 'unlock',
  summary: 'End a lock-out, and forget the failed logins that led to it.',
  done: 'may log in',
});

export const usersPassword = defineCommand({
  name: 'users password',
  summary: 'Give an account a one-time password, shown once; its sessions end.',
  about:
    'For a user who has lost a password, and for a first administrator who never saw it. The password is written to ' +
    `standard output this once, and kept nowhere. ${onMachine}\n\n${exits}`,
  options: { user: who, ...ordering },
  examples: ['users password --user admin'],
  run: (asked, surroundings) =>
    commandUser(asked, surroundings, {
      done: `${asked.user} has another password`,
      secret: 'One-time password',
      give: ({ users }, id, metadata) => users.resetPassword(id, metadata),
    }),
});
