/** Exports: which there are, and how far each is. */
import { seenBy } from '@plenum/event';
import {
  type Asked,
  defineRoute,
  entityRoutes,
  identifier,
  integerOrNull,
  oneOf,
  organisationAsked,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowSchema,
  rowsFor,
  shownPage,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import { exportStream } from '../exports/export-events.ts';
import { exportsTable } from '../exports/exports-projection.ts';
import { type PositionJson, positionText } from '../exports/position.ts';
import type { ExportRunShown, ExportShown } from '../exports/reads.ts';
import type { DocumentServices } from '../services.ts';

const states = ['requested', 'running', 'ready', 'failed', 'expired'] as const;

const exportSchema = rowSchema('Export', exportsTable, {
  state: oneOf(states, { description: '`requested` is nobody at it yet, `running` somebody.' }),
  rows: integerOrNull({ description: 'How many it holds, or does so far; null: it is a document, or not begun.' }),
  percent: Type.Integer({ minimum: 0, maximum: 100, description: 'How much of it is made, estimated.' }),
  position: textOrNull({ description: 'What it is as of; may be given as `as_of`. Null: it is not made.' }),
  file: textOrNull({ description: 'Where its bytes are; null while or when there are none.' }),
});

export const ofExports = {
  kind: '/exports',
  one: 'Export',
  access: { permission: 'read:exports' },
  tags: ['documents'],
  projection: 'exports',
  stream: exportStream,
} as const;

type State = (typeof states)[number];

const shown = (row: ExportShown, run: ExportRunShown | undefined) => ({
  ...row,
  state: run !== undefined && row.state === 'requested' ? 'running' : (row.state as State), // As the rules have it.
  rows: row.rows ?? run?.rows ?? null,
  percent: row.state === 'requested' ? (run?.percent ?? 0) : 100,
  position: row.position === null ? null : positionText(row.position as PositionJson),
  file: row.state === 'ready' ? `/api/v1/exports/${encodeURIComponent(row.export_id)}/file` : null,
});

export const exportRoutes = ({ reads, limits }: DocumentServices): readonly Route[] => {
  /** Where nobody is asked who they are nothing is decided, and there is no such table. */
  const running = async ({ identity }: Pick<Asked, 'identity'>, rows: readonly ExportShown[]) => {
    const open = rows.filter(({ state }) => state === 'requested').map(({ export_id }) => export_id);
    const runs = identity === undefined || open.length === 0 ? [] : await reads.exportWork.running(open);
    return new Map(runs.map((run) => [run.export_id, run]));
  };
  return [
    ...entityRoutes({
      ...ofExports,
      schema: exportSchema,
      visible: async (id, asked) => {
        const row = await reads.exports.byId(id, seenBy(asked.identity));
        return row && shown(row, (await running(asked, [row])).get(id));
      },
    }),
    defineRoute({
      operationId: 'listExports',
      method: 'GET',
      path: ofExports.kind,
      access: ofExports.access,
      projections: ['exports'],
      tags: ofExports.tags,
      summary: 'Exports, those asked for last first',
      querystring: query({
        organisation: organisationAsked,
        kind: Type.Optional(identifier('Only of this kind.')),
        state: Type.Optional(
          oneOf(['requested', 'ready', 'failed', 'expired'], { description: 'Only in this state.' }),
        ),
        ...pageFields(limits),
      }),
      answers: { 200: pageOf(exportSchema), ...problems() },
      handle: async (asked) => {
        const { organisation, kind, state, limit } = asked.query;
        const [before] = asked.place(1) ?? [];
        const of = { organisation: seenBy(asked.identity, organisation), kind, state, before };
        const rows = await reads.exports.page({ ...of, limit: rowsFor(limit) });
        const runs = await running(asked, [...rows]);
        return shownPage({ rows, limit, place: ({ export_id }) => [export_id] }, (row) =>
          shown(row, runs.get(row.export_id)),
        );
      },
    }),
  ];
};
