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

export const organisationCommands = (services: AccessServices): readonly Route[] => {
  const access = { permission: 'admin:organisations' };
  const { making, about } = commandsOf({ ...services, ...ofOrganisations, access });
  return [
    making({
      operationId: 'createOrganisation',
      summary: 'A new organisation',
      body: newOrganisation,
      run: ({ body: { id, ...named } }, metadata) =>
        services.accounts().organisations.create(id, { ...named, ...metadata }),
    }),
    about(
      { method: 'PATCH' },
      {
        operationId: 'renameOrganisation',
        summary: 'Another name for an organisation; its id stays',
        body: body({ name }, 'OrganisationChange'),
        run: (asked, metadata) =>
          services.accounts().organisations.rename(asked.params.id, { ...asked.body, ...metadata }),
      },
    ),
  ];
};
