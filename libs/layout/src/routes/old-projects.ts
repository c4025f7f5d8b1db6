/** Projects as clients of the replaced API server know them. What they delete is archived, and not there for them. */
import { seenBy } from '@plenum/event';
import {
  answer,
  defineRoute,
  jsonObject,
  listOf,
  metadataWithoutVersion,
  Problem,
  type Route,
  textOrNull,
  truncatedHeader,
  utcTime,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import { ceilingOf } from '../documents/shown-project.ts';
import { createProject, decideProject } from '../projects/project-commands.ts';
import type { ProjectShown } from '../projects/reads.ts';
import type { LayoutServices } from '../services.ts';
import { ofCeilings } from './ceilings.ts';
import { describedFields, given, nameField, strategyField } from './fields.ts';
import {
  dimensions,
  enveloped,
  envelopedWith,
  failing,
  failingWithBody,
  failingWithKey,
  materialId,
  oldDefaults,
  reading,
  shownDimensions,
  shownSpacing,
  spacing,
  writing,
} from './old-api.ts';
import { keptCalculation, oldCalculation } from './old-calculations.ts';
import { shownCalculationRow, shownProject } from './old-done.ts';

const oldProject = Type.Object({
  ...{ id: Type.String(), name: Type.String(), description: Type.String() },
  ...{ created_at: utcTime('When it was made.'), updated_at: utcTime('When it last changed.') },
  dimensions: Type.Union([shownDimensions, Type.Null()]),
  spacing: Type.Union([shownSpacing, Type.Null()]),
  ...{ material_id: textOrNull(), calculation_id: textOrNull(), tags: listOf(Type.String()), metadata: jsonObject() },
  owner_id: Type.String({ description: 'Who made it.' }),
  organisation: Type.String({ description: 'That it belongs to.' }),
});

const shown = (row: ProjectShown) => {
  const { project_id: id, name, description, created_at, changed_at: updated_at, tags, metadata, organisation } = row;
  const ceiling = ceilingOf(row);
  const { length_mm = 0, width_mm = 0, perimeter_gap_mm = 0, panel_gap_mm = 0 } = ceiling ?? {};
  return {
    ...{ id, name, description, created_at, updated_at },
    dimensions: ceiling === undefined ? null : { length_mm, width_mm },
    spacing: ceiling === undefined ? null : { perimeter_gap_mm, panel_gap_mm },
    ...{ material_id: row.material_key, calculation_id: row.calculation_id, tags, metadata },
    ...{ owner_id: row.created_by, organisation },
  };
};

/** Decided; what is read does not show it yet. */
const pending = enveloped('ApiPending', Type.Object({ id: Type.String() }));
const params = Type.Object({ id: Type.String({ maxLength: 200 }) });
const at = `/projects/:id`;
const ofProjects = { projections: [ofCeilings.projection] } as const;

const answered = (row: ProjectShown | undefined, id: string, status: number) =>
  row === undefined
    ? answer({ success: true as const, data: { id } }, { status: 202 })
    : answer({ success: true as const, data: shown(row) }, { status });

export const oldProjectRoutes = (services: LayoutServices): readonly Route[] => [
  listRoute(services),
  oneRoute(services),
  ...changing(services),
  deleteRoute(services),
  calculateRoute(services),
];

const listRoute = ({ reads: { ceilingProjects }, lists }: LayoutServices) =>
  defineRoute({
    ...{ ...reading, ...ofProjects },
    operationId: 'apiProjects',
    method: 'GET',
    path: '/projects',
    summary: 'Projects, the last changed first',
    querystring: Type.Object({
      page: Type.Integer({ minimum: 1, maximum: 10_000, default: 1 }),
      per_page: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
      search: Type.Optional(Type.String({ maxLength: 200, description: 'A part of the name or the description.' })),
      tags: Type.Optional(
        Type.String({ maxLength: 500, description: 'Only those that have all of these; commas between.' }),
      ),
    }),
    answers: {
      200: withHeaders(
        envelopedWith(
          'ApiProjects',
          listOf(oldProject),
          Type.Object({
            ...{ page: Type.Integer(), per_page: Type.Integer(), total: Type.Integer(), total_pages: Type.Integer() },
          }),
        ),
        'Plenum-Truncated',
      ),
      ...failing,
    },
    handle: async ({ query: { page, per_page, search, tags }, identity }) => {
      const filter = {
        organisation: seenBy(identity),
        archived: false,
        search,
        tags: tags?.split(',').map((tag) => tag.trim()),
      };
      const { rows, total } = await ceilingProjects.numbered({
        ...filter,
        skip: (page - 1) * per_page,
        limit: per_page,
      });
      const data = lists.fitting(rows, { limit: per_page, show: shown });
      const meta = { page, per_page, total, total_pages: Math.ceil(total / per_page) };
      return answer({ success: true as const, data: data.items, meta }, { headers: truncatedHeader('data', data) });
    },
  });

const oneRoute = ({ reads: { ceilingProjects } }: LayoutServices) =>
  defineRoute({
    ...{ ...reading, ...ofProjects },
    operationId: 'apiProject',
    method: 'GET',
    path: at,
    summary: 'One project',
    params,
    answers: { 200: enveloped('ApiProject', oldProject), ...failing },
    handle: async ({ params: { id }, identity }) => {
      const row = await ceilingProjects.byId(id, seenBy(identity));
      if (row === undefined || row.is_archived) throw new Problem('not-found', 'There is no such project.');
      return { success: true as const, data: shown(row) };
    },
  });

const fields = { ...describedFields, spacing: Type.Optional(spacing), material_id: Type.Optional(materialId) };

type Given = {
  readonly dimensions?: object | undefined;
  readonly spacing?: object | undefined;
  readonly material_id?: string | undefined;
};

/** The parts of a project as the rules take them. A ceiling is measured whole: what is not given is as it was. */
const partsOf = ({ dimensions: size, spacing: gaps, material_id, ...described }: Given, before: object = {}) =>
  given({
    described: Object.keys(described).length === 0 ? undefined : described,
    ceiling: size === undefined && gaps === undefined ? undefined : { ...before, ...size, ...gaps },
    price: material_id === undefined ? undefined : { material: material_id },
    ceilingDefaults: oldDefaults,
  });

const changing = (services: LayoutServices): readonly Route[] => [
  defineRoute({
    ...writing,
    operationId: 'apiCreateProject',
    method: 'POST',
    path: '/projects',
    summary: 'A new project',
    body: Type.Object({ name: nameField, dimensions, ...fields }, { title: 'NewApiProject' }),
    answers: { 201: enveloped('ApiProject', oldProject), 202: pending, ...failingWithBody },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const command = createProject({ projectId: services.newId(), ...partsOf(asked.body), actor: metadata.actor });
      const done = await services.handle(command, metadata);
      return answered(await shownProject(services, done), done.outcome === 'done' ? done.id : '', 201);
    },
  }),
  defineRoute({
    ...writing,
    operationId: 'apiChangeProject',
    method: 'PUT',
    path: at,
    summary: 'Change a project; what is not given stays',
    params,
    body: Type.Object(
      { name: Type.Optional(nameField), dimensions: Type.Optional(dimensions), ...fields },
      { title: 'ApiProjectChange' },
    ),
    answers: { 200: enveloped('ApiProject', oldProject), 202: pending, ...failingWithBody },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const { id } = asked.params;
      const before = await services.reads.ceilingProjects.byId(id, seenBy(asked.identity));
      if (before?.is_archived === true) throw new Problem('not-found', 'There is no such project.');
      const parts = partsOf(asked.body, before && ceilingOf(before));
      const done = await services.handle(
        decideProject(id, { do: 'change', ...parts, actor: metadata.actor }),
        metadata,
      );
      return answered(await shownProject(services, done), id, 200);
    },
  }),
];

const deleteRoute = (services: LayoutServices) =>
  defineRoute({
    ...writing,
    operationId: 'apiDeleteProject',
    method: 'DELETE',
    path: at,
    summary: 'Put a project away',
    params,
    answers: {
      200: enveloped('ApiDeleted', Type.Object({ deleted: Type.Literal(true), id: Type.String() })),
      ...failingWithKey,
    },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const { id } = asked.params;
      await shownProject(
        services,
        await services.handle(decideProject(id, { do: 'archive', actor: metadata.actor }), metadata),
      );
      return { success: true as const, data: { deleted: true as const, id } };
    },
  });

const calculateRoute = (services: LayoutServices) =>
  defineRoute({
    ...writing,
    operationId: 'apiCalculateProject',
    method: 'POST',
    path: `${at}/calculate`,
    summary: 'Lay panels out for a project, and keep the layout',
    params,
    body: Type.Object({ optimization_strategy: Type.Optional(strategyField) }, { title: 'ApiLayoutOrder' }),
    absentBodyIsEmpty: true,
    answers: {
      200: enveloped(
        'ApiProjectCalculated',
        Type.Object({ project_id: Type.String(), calculation_id: Type.String(), result: oldCalculation }),
      ),
      202: pending,
      ...failingWithBody,
    },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const { id } = asked.params;
      const { optimization_strategy: strategy } = asked.body;
      const order = { do: 'calculate', calculationId: services.newId(), strategy, actor: metadata.actor } as const;
      const project = await shownProject(services, await services.handle(decideProject(id, order), metadata));
      const calculation_id = project?.calculation_id ?? undefined;
      const row = calculation_id === undefined ? undefined : await shownCalculationRow(services, calculation_id);
      if (row === undefined || calculation_id === undefined) return answered(undefined, id, 202);
      return { success: true as const, data: { project_id: id, calculation_id, result: keptCalculation(row) } };
    },
  });
