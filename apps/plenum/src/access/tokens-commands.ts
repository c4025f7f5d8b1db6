/** `plenum tokens …`: sessions of people who logged in. */
import type { SessionShown } from '@plenum/access';
import { defineCommand, UsageError } from '../command-line/command.ts';
import { flag, optionalText } from '../command-line/options.ts';
import { exits, late, onMachine } from './about.ts';
import { ordering, usual } from './options.ts';

export const tokensList = defineCommand({
  name: 'tokens list',
  summary: 'Say who is logged in, and since when.',
  about: `The tokens themselves are kept nowhere. ${late}`,
  options: {
    user: optionalText('Only those of this user: a login, or an id.', 'LOGIN'),
    all: flag('Those that have ended or expired, too.'),
    ...usual,
  },
  examples: ['tokens list', 'tokens list --user ana --all'],
  run: async ({ user, all, log, json }, surroundings) => {
    const [{ list }, { sessionsOf }] = await Promise.all([import('./listing.ts'), import('./sessions-of.ts')]);
    return list<SessionShown>(
      {
        ...{ log, json, what: 'tokens' },
        rows: ({ sql }) => sessionsOf(sql, { user, all }),
        columns: {
          token: ({ token_id }) => token_id,
          user: ({ user_id }) => user_id,
          role: ({ role }) => role,
          since: ({ issued_at }) => issued_at,
          until: ({ expires_at }) => expires_at,
          ended: ({ end_reason, ended_at }) => (end_reason === null ? '' : `${end_reason} ${ended_at}`),
        },
      },
      surroundings,
    );
  },
});

export const tokensRevoke = defineCommand({
  name: 'tokens revoke',
  summary: 'End one session, or all of a user.',
  about: `A token that was given out opens nothing from then on. ${onMachine}\n\n${exits}`,
  options: {
    token: optionalText('Which, by its id as a list shows it.', 'ID'),
    user: optionalText('All of this user: a login, or an id.', 'LOGIN'),
    'command-id': ordering['command-id'],
    ...usual,
  },
  examples: ['tokens revoke --user ana', 'tokens revoke --token 0f9a1c6be41d4c8f9c51d7c2b2a5e310'],
  run: async ({ token, user, log, json, 'command-id': commandId }, surroundings) => {
    if ((token === undefined) === (user === undefined)) throw new UsageError('say either --token or --user');
    const [{ actor, newMetadata, withAccess }, { answer }, { userIdOf }] = await Promise.all([
      import('./with-access.ts'),
      import('./answer.ts'),
      import('./find-user.ts'),
    ]);
    return withAccess({ log }, surroundings, async ({ authentication: { sessions }, sql }) => {
      if (token !== undefined) {
        const ended = await sessions.end(token, newMetadata(commandId));
        return answer(ended, { json, done: () => `session ${token} has ended` }, surroundings);
      }
      const ended = await sessions.endAll(await userIdOf(sql, user ?? ''), { actor });
      if (ended.outcome === 'refused') return answer(ended, { json, done: () => '' }, surroundings);
      const count = ended.ended.length;
      await surroundings.out(json ? `${JSON.stringify(ended)}\n` : `${user}: ${count} sessions have ended\n`);
      return 0;
    });
  },
});
