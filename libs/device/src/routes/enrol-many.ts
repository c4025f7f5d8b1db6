/** Many nodes at once, as a table. */
import {
  answer,
  defineRoute,
  listOf,
  metadataWithoutVersion,
  oneOf,
  Problem,
  problemResponses,
  problems,
  query,
  type Route,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import { enrolLines, type LineResult } from '../issuing/enrol-lines.ts';
import { nodeColumns, nodeTable, nodeTableMax } from '../nodes/node-table.ts';
import { type DeviceServices, provisioningOf } from '../services.ts';
import { ofNodes } from './node-commands.ts';

const table = Type.Object(
  {
    csv: Type.String({
      description:
        `CSV (RFC 4180) whose first line names its columns: ${nodeColumns.join(', ')}. Sensors have a semicolon between them, ` +
        `capabilities are a JSON object. zone, firmware_version and capabilities may be absent. ${nodeTableMax} nodes at most.`,
    }),
  },
  { additionalProperties: false, title: 'NodeTable' },
);

const lineSchema = Type.Object(
  {
    line: Type.Integer({ description: 'Of the CSV, the first being 1: where the record ends.' }),
    node_id: Type.String(),
    outcome: oneOf(['enrolled', 'unchanged', 'refused'], {
      description: '`unchanged`: it is enrolled as that already.',
    }),
    reason: textOrNull({ description: 'Why it is refused, or has no key.' }),
    key_id: textOrNull(),
    user_name: textOrNull({ description: 'Its MQTT user name with this key.' }),
    key: textOrNull({ description: 'Its MQTT password; shown this once, null when asked again.' }),
  },
  { title: 'EnrolledLine' },
);

const enrolledSchema = Type.Object(
  {
    ...{ enrolled: Type.Integer(), unchanged: Type.Integer(), refused: Type.Integer() },
    lines: listOf(lineSchema),
  },
  { title: 'EnrolledNodes' },
);

export const enrolManyRoute = (services: DeviceServices): readonly Route[] => [
  defineRoute({
    operationId: 'enrolNodes',
    method: 'POST',
    path: `${ofNodes.kind}/bulk`,
    ...{ access: ofNodes.access, tags: ofNodes.tags },
    summary: 'Enrol many nodes, as a table',
    description:
      'A line that is refused stops no other. With the same Idempotency-Key each line is done once, also when the first answer ' +
      'never came.',
    querystring: query({
      keys: Type.Boolean({ default: false, description: 'Also issue a key to each node that is enrolled by this.' }),
    }),
    body: table,
    answers: { 200: enrolledSchema, ...problemResponses(409, 422), ...problems() },
    handle: async (asked) => {
      const { handle, nodeKeys, readCsv } = services;
      const provisioning = provisioningOf(services);
      const metadata = metadataWithoutVersion(asked);
      const read = nodeTable(asked.body.csv, readCsv);
      if (read.outcome === 'unreadable') throw new Problem('validation', `body/csv: ${read.reason}.`);
      const keys = asked.query.keys ? nodeKeys : undefined;
      const lines: LineResult[] = [];
      for await (const result of enrolLines(read.lines, { handle, keys, provisioning, metadata })) lines.push(result);
      const count = (outcome: LineResult['outcome']) => lines.filter((one) => one.outcome === outcome).length;
      const counts = { enrolled: count('enrolled'), unchanged: count('unchanged'), refused: count('refused') };
      return answer({ ...counts, lines }, { headers: { 'cache-control': 'no-store' } });
    },
  }),
];
