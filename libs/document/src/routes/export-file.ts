/** The bytes of an export. */
import { defineRoute, notModified, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import type { DocumentServices } from '../services.ts';
import { ofExports } from './exports.ts';
import { fileAnswers, handOut } from './hand-out.ts';

export const exportFileRoutes = (services: DocumentServices): readonly Route[] => [
  defineRoute({
    operationId: 'getExportFile',
    method: 'GET',
    path: `${ofExports.kind}/:id/file`,
    access: ofExports.access,
    tags: ofExports.tags,
    summary: 'The file of an export, or a part of it',
    description: 'One range of bytes may be asked for. The type of the content is that of the file.',
    params: Type.Object({ id: Type.String({ description: 'Which export.', maxLength: 200 }) }),
    querystring: query({}),
    answers: {
      ...fileAnswers,
      ...notModified,
      ...problems(404, 409, 410, 416),
    },
    sendsFile: true,
    handle: (asked) => handOut(services, asked.params.id, asked),
  }),
];
