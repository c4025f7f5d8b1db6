/** What can be had as a file. */
import { type ExportKind, formatsOf } from '@plenum/domain';
import { defineRoute, listOf, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { eventFilters } from '../exports/asked.ts';
import type { DocumentServices } from '../services.ts';
import { ofExports } from './exports.ts';

const kindSchema = Type.Object(
  {
    kind: Type.String({ description: 'For `kind` of a request.' }),
    about: Type.String(),
    permission: Type.String({ description: 'What it takes, beside `write:exports`.' }),
    formats: listOf(Type.String(), { description: 'For `format`.' }),
    filters: listOf(Type.String(), { description: 'Names in `filters`.' }),
    takes_range: Type.Boolean({ description: 'Whether `from` and `to` mean something.' }),
    takes_as_of: Type.Boolean({ description: 'Whether `as_of` does. Of all others, it is as of when it is made.' }),
    takes_options: Type.Boolean({ description: 'Whether `options` do: it is a document.' }),
  },
  { title: 'ExportKind' },
);

const shown = (kind: ExportKind) => ({
  ...{ kind: kind.kind, about: kind.about, permission: kind.permission, formats: formatsOf(kind) },
  filters: kind.content === 'rows' ? Object.keys(kind.filters) : kind.content === 'events' ? eventFilters : [],
  takes_range: kind.content === 'events' || (kind.content === 'rows' && kind.time !== undefined),
  takes_as_of: kind.content === 'events' || (kind.content === 'rows' && kind.rowsAre === 'ledger'),
  takes_options: kind.content === 'document',
});

export const exportKindRoutes = ({ exportKinds }: DocumentServices): readonly Route[] => [
  defineRoute({
    operationId: 'listExportKinds',
    method: 'GET',
    path: '/export-kinds',
    access: ofExports.access,
    tags: ofExports.tags,
    summary: 'What can be had as a file, and in which formats',
    querystring: query({}),
    answers: { 200: Type.Object({ items: listOf(kindSchema) }, { title: 'ExportKinds' }), ...problems() },
    handle: () => ({ items: exportKinds().map(shown) }),
  }),
];
