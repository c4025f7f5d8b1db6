/** Commands about organisations. */
import { commandsOf, type Route } from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { body } from './fields.ts';
import { ofOrganisations } from './organisations.ts';

const name = Type.String({ description: 'For people.', minLength: 1, maxLength: 200 });

const newOrganisation = body(
  {
    id: Type.String({
      description: 'Chosen, for ever: lower-case letters, digits and hyphens.',
      minLength: 1,
      maxLength: 63,
    }),
    name,
  },
  'NewOrganisation',
);

export const organisationCommands = ({ reads, accounts, untilShown }: AccessServices): readonly Route[] => {
  const { making, about } = commandsOf({
    ...ofOrganisations,
    access: { permission: 'admin:organisations' },
    byId: (id) => reads.organisations.byId(id),
    untilShown,
  });
  return [
    making({
      operationId: 'createOrganisation',
      summary: 'A new organisation',
      body: newOrganisation,
      run: ({ body: { id, ...named } }, metadata) => accounts().organisations.create(id, { ...named, ...metadata }),
    }),
    about(
      { method: 'PATCH' },
      {
        operationId: 'renameOrganisation',
        summary: 'Another name for an organisation; its id stays',
        body: body({ name }, 'OrganisationChange'),
        run: (asked, metadata) => accounts().organisations.rename(asked.params.id, { ...asked.body, ...metadata }),
      },
    ),
  ];
};
