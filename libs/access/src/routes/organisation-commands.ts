/** Commands about organisations. */
import {
  commandAnswers,
  defineRoute,
  metadataOf,
  metadataWithoutVersion,
  problems,
  query,
  type Route,
  receipt,
} from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { body, entityParams } from './fields.ts';

const ofOrganisations = {
  access: { permission: 'admin:organisations' },
  tags: ['access'],
  querystring: query({}),
} as const;

const name = Type.String({ description: 'For people.', minLength: 1, maxLength: 200 });

const newOrganisation = body({
  id: Type.String({
    description: 'Chosen, for ever: lower-case letters, digits and hyphens.',
    minLength: 1,
    maxLength: 63,
  }),
  name,
});

export const organisationCommands = (services: AccessServices): readonly Route[] => [
  createRoute(services),
  renameRoute(services),
];

/** Where a receipt points, and how it is found out what is shown. */
const whereOf = ({ reads: { organisations }, untilShown }: AccessServices) => ({
  under: '/api/v1/organisations',
  shown: async (id: string) => (await organisations.byId(id))?.stream_version,
  untilShown,
});

const createRoute = (services: AccessServices) =>
  defineRoute({
    ...ofOrganisations,
    method: 'POST',
    path: '/organisations',
    summary: 'A new organisation',
    body: newOrganisation,
    answers: { ...commandAnswers(201), ...problems() },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const { id, ...named } = asked.body;
      const done = await services.accounts().organisations.create(id, { ...named, ...metadata });
      return receipt(asked, { ...whereOf(services), done, success: 201 });
    },
  });

const renameRoute = (services: AccessServices) =>
  defineRoute({
    ...ofOrganisations,
    method: 'PATCH',
    path: '/organisations/:id',
    summary: 'Another name for an organisation; its id stays',
    params: entityParams('Which organisation.'),
    body: body({ name }),
    answers: { ...commandAnswers(200), ...problems() },
    handle: async (asked) => {
      const metadata = metadataOf(asked);
      const done = await services.accounts().organisations.rename(asked.params.id, { ...asked.body, ...metadata });
      return receipt(asked, { ...whereOf(services), done, success: 200 });
    },
  });
