/** Files of ceilings as clients of the replaced API server ask for them. New clients use `/api/v1/exports` itself. */
import { type ExportFileShown, fileAnswers, handOut, visibleExport } from '@plenum/document';
import {
  answer,
  defineRoute,
  integerOrNull,
  notModified,
  oldApiFailures,
  oldApiFailureWith,
  oneOf,
  Problem,
  type Route,
  refusedProblem,
  textOrNull,
  utcTime,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import { calculatedOf } from '../documents/calculated.ts';
import type { LayoutServices } from '../services.ts';
import {
  constraints,
  dimensions,
  enveloped,
  materialId,
  oldDefaults,
  reading,
  spacing,
  strategyAsked,
} from './old-api.ts';
import { downloadOf, exportMade, idOfDigits, oldExportId, refuseFailed } from './old-export-made.ts';

const ofExports = {
  tags: reading.tags,
  access: { permission: 'read:exports' },
  // What fails is made here, and what that server had expired after a day.
  failures: oldApiFailureWith({ conflict: 'EXPORT_ERROR', gone: 'EXPIRED' }),
} as const;

const oldExport = enveloped(
  'ApiExport',
  Type.Object({
    id: Type.String({ description: '`exp_` and 32 digits.' }),
    format: Type.String(),
    status: oneOf(['processing', 'ready']),
    file_url: textOrNull({ description: 'Null while it is made.' }),
    file_size_bytes: integerOrNull(),
    expires_at: textOrNull({ format: 'date-time' }),
    created_at: utcTime('When it was asked for.'),
  }),
);

const shown = (id: string, { state, format, bytes, expires_at, requested_at: created_at }: ExportFileShown) => {
  const isReady = state === 'ready';
  const data = {
    ...{ id: oldExportId(id), format, status: isReady ? ('ready' as const) : ('processing' as const) },
    ...{ file_url: isReady ? downloadOf(id) : null, file_size_bytes: bytes, expires_at, created_at },
  };
  const location = { location: `/api/v1/exports/${data.id}` };
  return answer({ success: true as const, data }, isReady ? {} : { status: 202, headers: location });
};

const answersOf = (...failing: readonly number[]) => ({
  200: oldExport,
  202: withHeaders(
    { description: 'It is being made: look at `Location`.', content: { 'application/json': { schema: oldExport } } },
    'Location',
  ),
  ...oldApiFailures(404, 409, 410, ...failing),
});

const makes = [
  ['svg', 'apiExportSvg', 'A picture of a ceiling'],
  ['dxf', 'apiExportDxf', 'A drawing of a ceiling for CAD programs'],
  ['json', 'apiExportJson', 'A ceiling, its layout and costs as one document'],
] as const;

export const oldExportRoutes = (services: LayoutServices): readonly Route[] => [
  ...makes.map((one) => making(services, one)),
  // Ours have hyphens and no `exp_`.
  defineRoute({
    ...{ ...ofExports, operationId: 'apiExport', summary: 'One export, as the replaced system had it' },
    method: 'GET',
    path: '/exports/exp_:id',
    params: Type.Object({ id: Type.String({ maxLength: 200, description: 'The 32 digits of its id.' }) }),
    answers: answersOf(),
    handle: async (asked) => {
      const id = idOfDigits(asked.params.id);
      const found = await visibleExport(services, id, asked);
      refuseFailed(found);
      return shown(id, found);
    },
  }),
  defineRoute({
    ...{ ...ofExports, operationId: 'apiExportFile', summary: 'The file of an export, or a part of it' },
    method: 'GET',
    path: '/exports/download/:id',
    params: Type.Object({ id: Type.String({ maxLength: 200, description: '`exp_` and 32 digits.' }) }),
    answers: { ...fileAnswers, ...notModified, ...oldApiFailures(404, 409, 410, 416) },
    sendsFile: true,
    handle: (asked) => {
      const { id } = asked.params;
      if (!id.startsWith('exp_')) throw new Problem('not-found', 'There is no such export.');
      return handOut(services, idOfDigits(id.slice(4)), asked);
    },
  }),
];

const making = (services: LayoutServices, [format, operationId, summary]: (typeof makes)[number]) =>
  defineRoute({
    ...{ ...ofExports, access: { permission: 'write:exports' }, operationId, summary },
    method: 'POST',
    path: `/exports/${format}`,
    description: 'Takes `read:projects` besides. It is answered with 200 when the file is there, for so long it waits.',
    body: Type.Object(
      {
        dimensions,
        spacing: Type.Optional(spacing),
        constraints: Type.Optional(constraints),
        material_id: Type.Optional(materialId),
        optimization_strategy: strategyAsked,
        options: Type.Optional(
          Type.Object({
            scale: Type.Optional(
              Type.Number({
                exclusiveMinimum: 0,
                maximum: 100,
                description: 'Of a picture: pixels for a millimetre.',
              }),
            ),
          }),
        ),
      },
      { title: 'ApiExportAsked' },
    ),
    answers: answersOf(413, 415, 422),
    handle: async (asked) => {
      const { dimensions: size, spacing: gaps, constraints: ratio, material_id, ...more } = asked.body;
      const strategy = more.optimization_strategy;
      const found = calculatedOf({
        ceiling: { ...size, ...gaps, target_aspect_ratio: ratio?.target_aspect_ratio, strategy },
        ...{ ceilingDefaults: oldDefaults, material: material_id, materialField: 'material_id', rates: {} },
      });
      if ('refused' in found) throw refusedProblem(found.refused);
      const scale = format === 'svg' ? more.options?.scale : undefined;
      const options = { ...found.input, ...(scale === undefined ? {} : { scale }) };
      const { id, found: made } = await exportMade(services, asked, { kind: 'ceiling-calculation', format, options });
      return shown(id, made);
    },
  });
