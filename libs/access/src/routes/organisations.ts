/** Organisations: an identity sees its own, and one who looks after the installation all of them. */
import type { Services } from '@plenum/domain';
import {
  answer,
  defineRoute,
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
  versionTag,
} from '@plenum/http';
import { Type } from 'typebox';
import type { OrganisationReads } from '../organisations/reads.ts';
import { seenBy } from '../organisations/seen-by.ts';

export type OrganisationServices = Services<{ readonly organisations: OrganisationReads }>;

const organisationSchema = Type.Object({
  organisation: Type.String({ description: 'Its id.' }),
  name: Type.String({ description: 'For people.' }),
  created_at: utcTime('When it was made.'),
  changed_at: utcTime('When it was last changed.'),
  stream_version: Type.Integer({ description: 'The version of it; also in `ETag`.' }),
  ...provenanceFields,
});

export const organisationRoutes = (services: OrganisationServices): readonly Route[] => [
  listRoute(services),
  oneRoute(services),
];

const listRoute = ({ reads, limits }: OrganisationServices) =>
  defineRoute({
    method: 'GET',
    path: '/organisations',
    access: 'identified',
    projections: ['organisations'],
    tags: ['access'],
    summary: 'Organisations, by id: your own, or all with `admin:organisations`',
    querystring: query(pageFields(limits)),
    answers: { 200: pageOf(organisationSchema), ...problems() },
    handle: async ({ query: { limit }, place, identity }) => {
      const [after] = place(1) ?? [];
      const asked = { organisation: seenBy(identity), after, limit: rowsFor(limit) };
      return page({
        rows: await reads.organisations.page(asked),
        limit,
        place: ({ organisation }) => [organisation],
      });
    },
  });

const oneRoute = ({ reads }: OrganisationServices) =>
  defineRoute({
    method: 'GET',
    path: '/organisations/:id',
    access: 'identified',
    projections: ['organisations'],
    tags: ['access'],
    summary: 'One organisation: your own, or any with `admin:organisations`',
    params: Type.Object({ id: Type.String({ description: 'Which organisation.', maxLength: 200 }) }),
    querystring: query({}),
    answers: { 200: organisationSchema, ...problems(404) },
    handle: async ({ params: { id }, identity }) => {
      const organisation = seenBy(identity, id) === id ? await reads.organisations.byId(id) : undefined;
      if (organisation === undefined) throw new Problem('not-found', 'There is no such organisation.');
      return answer(organisation, { headers: { etag: versionTag(organisation.stream_version) } });
    },
  });
