/** `plenum keys …`: what programs are let in with. */
import { type KeyShown, keyDays } from '@plenum/access';
import { defineCommand, UsageError } from '../command-line/command.ts';
import { flag, optionalText, optionalWhole, requiredText } from '../command-line/options.ts';
import { exits, late, onMachine } from './about.ts';
import { optionalPermissions, ordering, requiredRole, usual } from './options.ts';

export const keysList = defineCommand({
  name: 'keys list',
  summary: 'Say which API keys there are, and how much they are used.',
  about: `The keys themselves are kept nowhere. Use is reported after a minute, and up to an hour late of a key that is used all the time. ${late}`,
  options: { name: optionalText('Only those of this name.', 'NAME'), ...usual },
  examples: ['keys list', 'keys list --json'],
  run: async ({ name, log, json }, surroundings) => {
    const [{ allPages, list }, { keyReads }] = await Promise.all([import('./listing.ts'), import('@plenum/access')]);
    return list<KeyShown>(
      {
        ...{ log, json, what: 'keys' },
        rows: ({ sql }) => allPages((last, limit) => keyReads(sql).page({ name, afterKey: last?.key_id, limit })),
        columns: {
          key: ({ key_id }) => key_id,
          role: ({ role }) => role,
          organisation: ({ organisation }) => organisation,
          standing: ({ is_active, is_revoked }) => (is_revoked ? 'revoked' : is_active ? 'active' : 'disabled'),
          expires: ({ expires_at }) => expires_at ?? 'never',
          'a minute': ({ rate_limit }) => String(rate_limit),
          used: ({ use_count, last_used }) => (last_used === null ? '0' : `${use_count}, last ${last_used}`),
          version: ({ stream_version }) => String(stream_version),
        },
      },
      surroundings,
    );
  },
});

export const keysIssue = defineCommand({
  name: 'keys issue',
  summary: 'Make an API key, and print it once.',
  about:
    'The key, 64 hexadecimal digits for the header X-API-Key, is written to standard output this once, and kept ' +
    `nowhere. ${onMachine}\n\n${exits}`,
  options: {
    name: requiredText('What it is for, such as the name of a program.', 'NAME'),
    role: requiredRole('What it may do.'),
    permissions: optionalPermissions('What it may do, instead of what comes with the role.'),
    rate: optionalWhole('Requests a minute, instead of what comes with the role.', 1),
    days: optionalWhole(`How long it is good. Without it ${keyDays} days.`, 1),
    organisation: optionalText('That it belongs to; default, unless given.', 'ID'),
    'never-expires': flag('It is good until it is revoked.'),
    'command-id': ordering['command-id'],
    ...usual,
  },
  examples: [
    'keys issue --name dashboard --role guest',
    'keys issue --name export --role guest --permissions read:data',
  ],
  run: async ({ log, json, days, rate, 'never-expires': never, 'command-id': commandId, ...asked }, surroundings) => {
    if (never && days !== undefined) throw new UsageError('--days and --never-expires say different things');
    const [{ newMetadata, withAccess }, { answer }] = await load();
    return withAccess({ log }, surroundings, async ({ authentication }) => {
      const expiresAtUs = never ? 'never' : days === undefined ? undefined : (Date.now() + days * dayMs) * 1_000;
      const metadata = newMetadata(commandId);
      const ended = await authentication.keys.issue({ ...asked, rateLimit: rate, expiresAtUs, ...metadata });
      const done = ({ id }: { readonly id: string }): string => `${id} is issued`;
      return answer(ended, { json, done, secret: 'API key' }, surroundings);
    });
  },
});

const dayMs = 24 * 60 * 60 * 1_000;

type Simple = { readonly verb: 'disable' | 'enable' | 'revoke'; readonly summary: string; readonly done: string };

const simple = ({ verb, summary, done }: Simple) =>
  defineCommand({
    name: `keys ${verb}`,
    summary,
    about: `${onMachine}\n\n${exits}`,
    options: { key: requiredText('Which, by its id as a list shows it.', 'ID'), ...ordering },
    examples: [`keys ${verb} --key dashboard_1f00aa93`],
    run: async ({ key, log, json, ...asked }, surroundings) => {
      const [{ newMetadata, withAccess }, { answer }] = await load();
      return withAccess({ log }, surroundings, async ({ authentication }) => {
        const metadata = { ...newMetadata(asked['command-id']), expectedVersion: asked['expected-version'] };
        const ended = await authentication.keys[verb](key, metadata);
        return answer(ended, { json, done: () => `${key} ${done}` }, surroundings);
      });
    },
  });

/** Loaded when it is wanted: the list of commands is shown without all of this. */
const load = () => Promise.all([import('./with-access.ts'), import('./answer.ts')]);

export const keysDisable = simple({
  verb: 'disable',
  summary: 'Shut a key for now: it opens nothing until it is enabled.',
  done: 'is disabled',
});
export const keysEnable = simple({ verb: 'enable', summary: 'Open a key that was disabled.', done: 'is enabled' });
export const keysRevoke = simple({ verb: 'revoke', summary: 'End a key for ever.', done: 'is revoked' });
