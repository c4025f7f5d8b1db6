/** Everything at once for other systems, as the replaced building server promised it. New clients ask for exports. */
import { formatTimeUs } from '@plenum/event';
import {
  answer,
  asOldFailure,
  defineRoute,
  listOf,
  oldFailures,
  oneOf,
  type Route,
  truncatedHeader,
  utcTime,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import type { Node } from '../nodes/reads.ts';
import type { Reading } from '../readings/reads.ts';
import { type CeilingServices, silentSinceUs } from '../services.ts';
import { type IntegrationRange, integrationQuery, integrationRange } from './integration-asked.ts';
import { nodesCsv, readingsCsv } from './integration-tables.ts';
import { oldNetwork, oldNode, oldReading, toOldNode, toOldReading } from './replaced-reads.ts';

const ofIntegration = {
  base: '/api/integration',
  access: { permission: 'read:data' },
  tags: ['replaced system'],
  projections: ['nodes', 'readings'],
  querystring: integrationQuery,
  failures: asOldFailure,
} as const;

/** Without a next page a client is spared what it would not read to the end; the whole range is in the CSV. */
const readingsMax = 1_000;

const exported = Type.Object(
  {
    metadata: Type.Object({
      export_time: utcTime('When it was read.'),
      data_type: Type.String({ description: 'As `type` was given.' }),
      format: Type.Literal('json'),
    }),
    network_status: oldNetwork,
    system_health: Type.Null({ description: 'Not judged yet.' }),
    energy_analysis: Type.Null({ description: 'Not done yet.' }),
    maintenance_predictions: listOf(Type.Unknown(), { description: 'None are made yet.' }),
    readings: Type.Optional(
      listOf(oldReading, {
        description: `In the range, the newest ${readingsMax}, the newest first; fewer when they are large. All of them are in the CSV.`,
      }),
    ),
    nodes: Type.Optional(listOf(oldNode, { description: 'Last seen in the range, by id; fewer when they are many.' })),
  },
  { title: 'IntegrationExport' },
);

export const integrationRoutes = (services: CeilingServices): readonly Route[] => [
  defineRoute({
    ...ofIntegration,
    operationId: 'buildingExportJson',
    method: 'GET',
    path: '/export/json',
    summary: 'Network, readings and nodes at once, as the replaced system had it',
    description:
      'Energy and maintenance are not analysed yet: what stands for them is null or empty. Where a list is not whole, ' +
      '`Plenum-Truncated` says which.',
    answers: { 200: withHeaders(exported, 'Plenum-Truncated'), ...oldFailures },
    handle: async ({ query: { type, ...dates } }) => {
      const range = integrationRange(dates);
      const { stale_nodes: _, ...network_status } = await services.reads.nodes.networkStatus(silentSinceUs(services));
      const readings = type === 'nodes' ? undefined : await newestReadings(services, range);
      const nodes = type === 'readings' ? undefined : await seenNodes(services, range);
      const body = {
        metadata: {
          ...{ export_time: formatTimeUs(services.clock.nowUs()), data_type: type, format: 'json' as const },
        },
        ...{ network_status, system_health: null, energy_analysis: null, maintenance_predictions: [] },
        ...(readings === undefined ? {} : { readings: readings.items }),
        ...(nodes === undefined ? {} : { nodes: nodes.items }),
      };
      const cut = [readings?.isWhole === false ? ['readings'] : [], nodes?.isWhole === false ? ['nodes'] : []].flat();
      return answer(body, { headers: truncatedHeader(cut.join(', '), { isWhole: cut.length === 0 }) });
    },
  }),
  defineRoute({
    ...ofIntegration,
    operationId: 'buildingExportCsv',
    method: 'GET',
    path: '/export/:format',
    summary: 'Readings or nodes as one table, as the replaced system promised it',
    description:
      'Of `all` and `readings` the readings, by type and time: sensor_id, sensor_type, value, unit, timestamp, x, y, z, ' +
      'metadata. Of `nodes` the nodes, by id. Any range is sent whole, page after page; what comes meanwhile may be in it. ' +
      'What has to be as of one position is asked for as an export.',
    params: Type.Object({
      format: oneOf(['csv', 'json'], { description: '`csv`; `json` has an address of its own.' }),
    }),
    answers: {
      200: withHeaders(
        {
          description: 'A line of names, then a line for each row',
          content: { 'text/csv': { schema: Type.String() } },
        },
        'Content-Disposition',
      ),
      ...oldFailures,
    },
    handle: ({ query: { type, ...dates } }) => {
      const range = integrationRange(dates);
      const lines = type === 'nodes' ? nodesCsv(services, range) : readingsCsv(services, range);
      const name = type === 'nodes' ? 'nodes' : 'readings';
      return answer(lines, {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${name}.csv"`,
        },
      });
    },
  }),
];

const newestReadings = ({ reads: { readings }, lists }: CeilingServices, range: IntegrationRange) =>
  lists
    .gathered({
      read: (after: Reading | undefined, limit) => readings.page({ filter: {}, ...range, order: 'desc', after, limit }),
      show: toOldReading,
      rowsMax: readingsMax + 1,
    })
    // One more was asked for, to know whether there is one.
    .then(({ items, isWhole }) => ({
      items: items.slice(0, readingsMax),
      isWhole: isWhole && items.length <= readingsMax,
    }));

const seenNodes = (services: CeilingServices, seen: IntegrationRange) => {
  const silent = silentSinceUs(services);
  return services.lists.gathered({
    read: (after: Node | undefined, limit) =>
      services.reads.nodes.page({ seen, afterNode: after?.node_id, limit, silentSinceUs: silent }),
    show: toOldNode,
    rowsMax: Number.POSITIVE_INFINITY,
  });
};
