/** A project as the document that the replaced calculator wrote: `ceiling_project.json`. */
import { seenBy } from '@plenum/event';
import { defineRoute, Problem, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { projectOf } from '../documents/shown-project.ts';
import { projectDocument } from '../project-document/project-document.ts';
import type { ProjectShown } from '../projects/reads.ts';
import type { LayoutServices } from '../services.ts';
import { ceilingParams, noProject, ofCeilings } from './ceilings.ts';
import { costsSchema, layoutSchema } from './layout-schemas.ts';

const documentSchema = Type.Object(
  {
    metadata: Type.Object({
      generated: Type.String({ description: 'When the project last changed: the document is of that moment.' }),
      application: Type.String(),
    }),
    ceiling: Type.Object({ length_mm: Type.Number(), width_mm: Type.Number(), area_m2: Type.Number() }),
    spacing: Type.Object({ perimeter_gap_mm: Type.Number(), panel_gap_mm: Type.Number() }),
    layout: layoutSchema,
    material: Type.Optional(
      Type.Object({
        ...{ name: Type.String(), category: Type.String(), color: Type.String(), reflectivity: Type.Number() },
        ...{ cost_per_m2: Type.Number(), cost_per_sqm: Type.Number(), notes: Type.String() },
        total_cost: Type.Number({ description: 'Of the panels alone, without waste and labor.' }),
      }),
    ),
    costs: Type.Optional(Type.Object({ ...costsSchema.properties, waste_factor: Type.Number() })),
  },
  { title: 'CeilingProjectDocument' },
);

export const documentRoutes = ({ reads: { ceilingProjects } }: LayoutServices): readonly Route[] => [
  defineRoute({
    operationId: 'getCeilingProjectDocument',
    method: 'GET',
    path: `${ofCeilings.kind}/:id/document`,
    access: ofCeilings.access,
    projections: [ofCeilings.projection],
    tags: ofCeilings.tags,
    summary: 'A project as a document, which can be imported again',
    params: ceilingParams,
    querystring: query({}),
    answers: { 200: documentSchema, ...problems(404, 409) },
    handle: async ({ params: { id }, identity }) => {
      const row = await ceilingProjects.byId(id, seenBy(identity));
      if (row === undefined) throw noProject();
      return documentOf(row);
    },
  }),
];

/** @throws Problem where there is no layout to write down. */
export const documentOf = (row: ProjectShown) => {
  const project = projectOf(row);
  if (project === undefined) throw new Problem('conflict', 'There is no layout of the ceiling as it is measured now.');
  return projectDocument(project);
};
