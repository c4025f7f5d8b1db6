/** Ceiling projects: which there are, how they are now, and what became of each. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  entityRoutes,
  identifier,
  oneOf,
  organisationAsked,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowSchema,
  rowsFor,
} from '@plenum/http';
import { Type } from 'typebox';
import { historyTable } from '../projects/history-table.ts';
import { projectStatuses, projectsTable } from '../projects/projects-table.ts';
import type { LayoutServices } from '../services.ts';
import { projectStream } from '../streams.ts';

const projectSchema = rowSchema('CeilingProject', projectsTable);
const decisionSchema = rowSchema('CeilingProjectDecision', historyTable);

export const ofCeilings = {
  kind: '/ceilings',
  one: 'CeilingProject',
  access: { permission: 'read:projects' },
  tags: ['layout'],
  projection: 'ceiling_projects',
  stream: projectStream,
} as const;

const reading = {
  method: 'GET',
  access: ofCeilings.access,
  projections: [ofCeilings.projection],
  tags: ['layout'],
} as const;

export const ceilingParams = Type.Object({ id: Type.String({ description: 'Which project.', maxLength: 200 }) });

export const noProject = (): Problem => new Problem('not-found', 'There is no such ceiling project.');

export const ceilingRoutes = ({ reads: { ceilingProjects }, limits }: LayoutServices): readonly Route[] => [
  ...entityRoutes({
    ...ofCeilings,
    schema: projectSchema,
    visible: (id, { identity }) => ceilingProjects.byId(id, seenBy(identity)),
  }),
  defineRoute({
    ...reading,
    operationId: 'listCeilingProjects',
    path: ofCeilings.kind,
    summary: 'Ceiling projects, in the order in which they were made',
    querystring: query({
      organisation: organisationAsked,
      search: Type.Optional(identifier('A part of the name or the description; upper and lower case are the same.')),
      tag: Type.Optional(identifier('Only those that have this tag.')),
      status: Type.Optional(oneOf(projectStatuses)),
      archived: Type.Optional(Type.Boolean({ description: 'Only those that are archived, or that are not.' })),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(projectSchema), ...problems() },
    handle: async ({ query: { organisation, tag, limit, ...asked }, place, identity }) => {
      const [after] = place(1) ?? [];
      const filter = {
        ...asked,
        tags: tag === undefined ? undefined : [tag],
        organisation: seenBy(identity, organisation),
      };
      const rows = await ceilingProjects.page({ ...filter, after, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ project_id }) => [project_id] });
    },
  }),
  defineRoute({
    ...reading,
    operationId: 'listCeilingProjectHistory',
    path: `${ofCeilings.kind}/:id/history`,
    summary: 'What was decided about a project, by whom and when',
    params: ceilingParams,
    querystring: query(pageFields(limits)),
    answers: { 200: pageOf(decisionSchema), ...problems(404) },
    handle: async ({ params: { id }, query: { limit }, place, identity }) => {
      const [after] = place(1) ?? [];
      const asked = { project: id, organisation: seenBy(identity), limit: rowsFor(limit) };
      const rows = await ceilingProjects.history({
        ...asked,
        afterVersion: after === undefined ? undefined : Number(after),
      });
      // There is a decision that made it.
      if (after === undefined && rows.length === 0) throw noProject();
      return page({ rows, limit, place: ({ stream_version }) => [String(stream_version)] });
    },
  }),
];
