/** Files of ceilings as clients of the replaced building server ask for them. New clients use `/api/v1/exports`. */
import { seenBy } from '@plenum/event';
import {
  type Asked,
  answer,
  asOldFailure,
  defineRoute,
  oldBodyFailures,
  oldFailures,
  oldKeyFailures,
  Problem,
  type Route,
  refusedProblem,
  refuseVersion,
  textOrNull,
} from '@plenum/http';
import { type Static, Type } from 'typebox';
import { calculatedOf } from '../documents/calculated.ts';
import type { LayoutServices } from '../services.ts';
import { buildingCalculation } from './old-building.ts';
import { downloadOf, exportMade, type FileAsked } from './old-export-made.ts';

const { ceiling_length, ceiling_width, perimeter_gap, panel_gap, material_name, ...rest } = buildingCalculation;

const exportAsked = Type.Object(
  {
    project_id: Type.Optional(Type.String({ maxLength: 200, description: 'A project that is laid out; or:' })),
    ...{ ceiling_length: Type.Optional(ceiling_length), ceiling_width: Type.Optional(ceiling_width) },
    ...{ perimeter_gap: Type.Optional(perimeter_gap), panel_gap: Type.Optional(panel_gap) },
    ...{ material_name: Type.Optional(material_name), ...rest },
    output_dir: Type.Optional(Type.Unknown({ description: 'Means nothing: no client says where files are kept.' })),
  },
  { title: 'BuildingExportAsked' },
);

const exported = Type.Object(
  {
    success: Type.Literal(true),
    filename: textOrNull({ description: 'Null while it is made.' }),
    message: Type.String(),
    file_url: Type.String({ description: 'Where it is, or will be.' }),
  },
  { title: 'BuildingExported' },
);

const makes = [
  ['json', 'json', 'buildingExportDocument'],
  ['dxf', 'dxf', 'buildingExportDrawing'],
  ['svg', 'svg', 'buildingExportPicture'],
  ['report', 'txt', 'buildingExportReport'],
] as const;

export const oldBuildingExportRoutes = (services: LayoutServices): readonly Route[] => [
  ...makes.map(([what, format, operationId]) =>
    defineRoute({
      ...{ base: '/api', method: 'POST', path: `/export/${what}`, operationId },
      access: { permission: 'write:exports' },
      tags: ['replaced system'],
      summary: `A ceiling as ${what}, as the replaced system had it`,
      description:
        'Of the project that is named, or of a ceiling as `/api/calculate` takes it. Takes `read:projects` besides.',
      failures: asOldFailure,
      body: exportAsked,
      answers: {
        200: exported,
        202: { description: 'It is being made.', content: { 'application/json': { schema: exported } } },
        ...{ ...oldFailures, ...oldKeyFailures, ...oldBodyFailures },
      },
      handle: async (asked) => {
        const { kind, options } = await subjectOf(services, asked);
        const { id, found } = await exportMade(services, asked, { kind, format, options });
        const { file_name: filename } = found;
        const message = filename === null ? 'The file is being made.' : `Exported to ${filename}`;
        const body = { success: true as const, filename, message, file_url: downloadOf(id) };
        return answer(body, { status: filename === null ? 202 : 200 });
      },
    }),
  ),
  defineRoute({
    ...{ base: '/api', method: 'POST', path: '/export/:what', operationId: 'buildingExportUnknown' },
    access: { permission: 'write:exports' },
    tags: ['replaced system'],
    summary: 'A ceiling as something that it cannot be had as',
    unkeyed: 'It is never carried out, so that nothing is done twice.',
    failures: asOldFailure,
    params: Type.Object({ what: Type.String({ maxLength: 200 }) }),
    answers: oldFailures,
    handle: (asked) => {
      refuseVersion(asked);
      const known = makes.map(([what]) => what).join(', ');
      throw new Problem('validation', `A ceiling cannot be had as ${asked.params.what}, but as any of ${known}.`);
    },
  }),
];

type Given = Static<typeof exportAsked>;

/** @throws Problem: that server answered with 400 to whatever it could not export. */
const subjectOf = async (
  { reads }: LayoutServices,
  { body, identity }: Asked<unknown, unknown, Given>,
): Promise<Pick<FileAsked, 'kind' | 'options'>> => {
  const { project_id: project } = body;
  if (project !== undefined) {
    const row = await reads.ceilingProjects.byId(project, seenBy(identity));
    if (row === undefined || row.is_archived) throw new Problem('validation', 'There is no such project.');
    return { kind: 'ceiling', options: { project } };
  }
  if (body.ceiling_length === undefined && body.ceiling_width === undefined)
    throw new Problem('validation', 'There is no project: name one by project_id, or say what to calculate.');
  const { ceiling_length: length_mm, ceiling_width: width_mm, perimeter_gap: perimeter_gap_mm } = body;
  const { panel_gap: panel_gap_mm, optimization_strategy: strategy, waste_factor, labor_multiplier = null } = body;
  const found = calculatedOf({
    ceiling: { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm, strategy },
    ...{ material: body.material_name, rates: { waste_factor, labor_multiplier } },
  });
  if ('refused' in found) throw new Problem('validation', refusedProblem(found.refused).message);
  return { kind: 'ceiling-calculation', options: found.input };
};
