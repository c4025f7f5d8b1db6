/** Organisations: an identity sees its own, and one who looks after the installation all of them. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  entityRoutes,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowSchema,
  rowsFor,
} from '@plenum/http';
import { organisationsTable } from '../organisations/organisations-projection.ts';
import type { AccessServices } from '../services.ts';
import { organisationStream } from '../streams.ts';

const organisationSchema = rowSchema('Organisation', organisationsTable);

export const ofOrganisations = {
  kind: '/organisations',
  one: 'Organisation',
  tags: ['access'],
  projection: 'organisations',
  stream: organisationStream,
} as const;

export const organisationRoutes = ({ reads: { organisations }, limits }: AccessServices): readonly Route[] => [
  ...entityRoutes({
    ...ofOrganisations,
    access: 'identified',
    schema: organisationSchema,
    summary: 'One organisation: your own, or any with `admin:organisations`',
    visible: async (id, { identity }) => (seenBy(identity, id) === id ? organisations.byId(id) : undefined),
  }),
  defineRoute({
    operationId: 'listOrganisations',
    method: 'GET',
    path: ofOrganisations.kind,
    access: 'identified',
    projections: ['organisations'],
    tags: ofOrganisations.tags,
    summary: 'Organisations, by id: your own, or all with `admin:organisations`',
    querystring: query(pageFields(limits)),
    answers: { 200: pageOf(organisationSchema), ...problems() },
    handle: async ({ query: { limit }, place, identity }) => {
      const [after] = place(1) ?? [];
      const rows = await organisations.page({ organisation: seenBy(identity), after, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ organisation }) => [organisation] });
    },
  }),
];
