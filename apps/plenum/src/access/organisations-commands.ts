/** `plenum organisations …`: what users, keys and what they make belong to. */
import type { OrganisationShown } from '@plenum/access';
import { defineCommand } from '../command-line/command.ts';
import { requiredText } from '../command-line/options.ts';
import { exits, late, onMachine } from './about.ts';
import { ordering, usual } from './options.ts';

export const organisationsList = defineCommand({
  name: 'organisations list',
  summary: 'Say which organisations there are.',
  about: `With name and version. ${late}`,
  options: usual,
  examples: ['organisations list', 'organisations list --json'],
  run: async ({ log, json }, surroundings) => {
    const [{ allPages, list }, { organisationReads }] = await Promise.all([
      import('./listing.ts'),
      import('@plenum/access'),
    ]);
    return list<OrganisationShown>(
      {
        ...{ log, json, what: 'organisations' },
        rows: ({ sql }) => allPages((last, limit) => organisationReads(sql).page({ after: last?.organisation, limit })),
        columns: {
          organisation: ({ organisation }) => organisation,
          name: ({ name }) => name,
          version: ({ stream_version }) => String(stream_version),
        },
      },
      surroundings,
    );
  },
});

export const organisationsCreate = defineCommand({
  name: 'organisations create',
  summary: 'Make an organisation, whose people see what belongs to it and nothing else.',
  about: `Its id is chosen for ever. ${onMachine}\n\n${exits}`,
  options: {
    id: requiredText('Lower-case letters, digits and hyphens.', 'ID'),
    name: requiredText('Its name, for people.', 'NAME'),
    'command-id': ordering['command-id'],
    ...usual,
  },
  examples: ["organisations create --id acme --name 'Acme Ltd.'"],
  run: async ({ id, name, log, json, 'command-id': commandId }, surroundings) => {
    const [{ newMetadata, withAccess }, { answer }] = await Promise.all([
      import('./with-access.ts'),
      import('./answer.ts'),
    ]);
    return withAccess({ log }, surroundings, async ({ authentication }) => {
      const ended = await authentication.organisations.create(id, { name, ...newMetadata(commandId) });
      return answer(ended, { json, done: () => `${id} is made` }, surroundings);
    });
  },
});
