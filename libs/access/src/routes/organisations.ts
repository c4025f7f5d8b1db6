/** Organisations: an identity sees its own, and one who looks after the installation all of them. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  notModified,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  provenanceFields,
  query,
  type Route,
  rowsFor,
  utcTime,
  versioned,
  versionStatusRoute,
} from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { entityParams } from './fields.ts';

const organisationSchema = Type.Object({
  organisation: Type.String({ description: 'Its id.' }),
  name: Type.String({ description: 'For people.' }),
  created_at: utcTime('When it was made.'),
  changed_at: utcTime('When it was last changed.'),
  stream_version: Type.Integer({ description: 'The version of it; also in `ETag`.' }),
  ...provenanceFields,
});

const ofOrganisations = {
  method: 'GET',
  access: 'identified',
  projections: ['organisations'],
  tags: ['access'],
} as const;

export const organisationRoutes = ({ reads: { organisations }, limits }: AccessServices): readonly Route[] => [
  versionStatusRoute({
    ...{ kind: '/organisations', access: 'identified', projection: 'organisations', tags: ofOrganisations.tags },
    shown: async (id, { identity }) =>
      seenBy(identity, id) === id ? (await organisations.byId(id))?.stream_version : undefined,
  }),
  defineRoute({
    ...ofOrganisations,
    path: '/organisations',
    summary: 'Organisations, by id: your own, or all with `admin:organisations`',
    querystring: query(pageFields(limits)),
    answers: { 200: pageOf(organisationSchema), ...problems() },
    handle: async ({ query: { limit }, place, identity }) => {
      const [after] = place(1) ?? [];
      const rows = await organisations.page({ organisation: seenBy(identity), after, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ organisation }) => [organisation] });
    },
  }),
  defineRoute({
    ...ofOrganisations,
    path: '/organisations/:id',
    summary: 'One organisation: your own, or any with `admin:organisations`',
    params: entityParams('Which organisation.'),
    querystring: query({}),
    answers: { 200: organisationSchema, ...notModified, ...problems(404) },
    handle: async (asked) => {
      const { id } = asked.params;
      const organisation = seenBy(asked.identity, id) === id ? await organisations.byId(id) : undefined;
      if (organisation === undefined) throw new Problem('not-found', 'There is no such organisation.');
      return versioned(asked, organisation);
    },
  }),
];
