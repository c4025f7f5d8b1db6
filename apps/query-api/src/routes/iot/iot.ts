/** Two reads of the replaced system, in the shapes its clients know. New clients use `/api/v1`. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Node, NodeReads, Reading, ReadingReads } from '@plenum/ceiling';
import type { Clock } from '@plenum/runtime';
import type { FastifyError, FastifyRequest } from 'fastify';
import { gathered, tellTruncated } from '../../conventions/bytes.ts';
import { problemOf } from '../../conventions/errors.ts';
import {
  identifier,
  jsonObject,
  jsonObjectOrNull,
  listOf,
  numberOrNull,
  textOrNull,
  utcTime,
} from '../../conventions/fields.ts';
import type { PageBudget } from '../../database/page-budget.ts';
import { oldFailures, sendOldFailure } from './old-failures.ts';

export type IotRoutesParts = {
  readonly nodes: Pick<NodeReads, 'page' | 'networkStatus'>;
  readonly readings: Pick<ReadingReads, 'page' | 'countSince'>;
  readonly budget: PageBudget;
  readonly clock: Clock;
  readonly silentSinceUs: () => number;
  /** Whether the MQTT listener or broker answers. */
  readonly mqttConnected: () => Promise<boolean>;
  /** Told of bugs: the answer does not tell. */
  readonly noteBug: (error: FastifyError, request: FastifyRequest) => void;
};

const oldNode = Type.Object({
  node_id: Type.String(),
  location: jsonObjectOrNull(),
  sensors: listOf(Type.String()),
  status: textOrNull(),
  battery_level: numberOrNull(),
  last_seen: utcTime('When its last registration or status came.'),
  firmware_version: textOrNull(),
  capabilities: jsonObject(),
});

const oldStatus = Type.Object({
  success: Type.Literal(true),
  network_status: Type.Object({
    total_nodes: Type.Integer(),
    online_nodes: Type.Integer(),
    offline_nodes: Type.Integer(),
    network_health: Type.Number(),
  }),
  nodes: listOf(oldNode),
  mqtt_connected: Type.Boolean(),
});

const oldReading = Type.Object({
  sensor_id: Type.String(),
  sensor_type: Type.String(),
  value: Type.Number(),
  unit: Type.String(),
  timestamp: utcTime("The device's time."),
  location: jsonObject(),
  metadata: jsonObject(),
});

const oldReadings = Type.Object({
  success: Type.Literal(true),
  sensor_id: Type.String(),
  data_points: Type.Integer({ description: 'Readings in the window, also those that are not in `data`.' }),
  data: listOf(oldReading, { description: 'The newest 100, the newest first; fewer when they are large.' }),
});

const dataMax = 100;
const hoursMax = 24 * 366 * 100;

export const iotRoutes =
  (parts: IotRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { nodes, readings, budget, clock, silentSinceUs, mqttConnected, noteBug } = parts;
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const problem = problemOf(error);
      if (problem.kind === 'internal') noteBug(error, request);
      return sendOldFailure(reply, problem);
    });

    app.get(
      '/network/status',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['nodes', 'readings'] },
        schema: {
          tags: ['replaced system'],
          summary: 'Network status and all nodes, as the replaced system answered',
          response: { 200: oldStatus, ...oldFailures },
        },
      },
      async (_request, reply) => {
        const silent = silentSinceUs();
        const [{ stale_nodes: _, ...network_status }, all, mqtt_connected] = await Promise.all([
          nodes.networkStatus(silent),
          allNodes(parts, silent),
          mqttConnected(),
        ]);
        tellTruncated(reply, 'nodes', all);
        return { success: true as const, network_status, nodes: all.items, mqtt_connected };
      },
    );

    app.get(
      '/sensors/:id/data',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['readings'] },
        schema: {
          tags: ['replaced system'],
          summary: 'Readings of one sensor in the last hours, as the replaced system answered',
          params: Type.Object({ id: identifier('Which sensor.') }),
          // Other parameters are let through: the replaced system did not mind them.
          querystring: Type.Object({ hours: Type.Number({ exclusiveMinimum: 0, maximum: hoursMax, default: 24 }) }),
          response: { 200: oldReadings, ...oldFailures },
        },
      },
      async ({ params: { id }, query: { hours } }, reply) => {
        const fromUs = clock.nowUs() - Math.round(hours * 3_600_000_000);
        const asked = { filter: { sensor: id }, fromUs, order: 'desc' } as const;
        const read = (after: Reading | undefined, limit: number) => readings.page({ ...asked, after, limit });
        const [data_points, data] = await Promise.all([
          readings.countSince(id, fromUs),
          gathered({ read, show: toOldReading, rowsMax: dataMax, budget }),
        ]);
        tellTruncated(reply, 'data', data);
        return { success: true as const, sensor_id: id, data_points, data: data.items };
      },
    );
  };

/** There are no pages in the old shape, so all of them, or as many as fit. */
const allNodes = ({ nodes, budget }: Pick<IotRoutesParts, 'nodes' | 'budget'>, silentSinceUs: number) =>
  gathered({
    read: (after: Node | undefined, limit) => nodes.page({ afterNode: after?.node_id, limit, silentSinceUs }),
    show: toOldNode,
    rowsMax: Number.POSITIVE_INFINITY,
    budget,
  });

const toOldNode = (node: Node) => ({
  node_id: node.node_id,
  location: node.location,
  sensors: node.sensors ?? [],
  status: node.status,
  battery_level: node.battery_level,
  last_seen: node.last_seen,
  firmware_version: node.firmware_version,
  capabilities: node.capabilities ?? {},
});

const toOldReading = ({ sensor_id, sensor_type, value, unit, timestamp, location, metadata }: Reading) => ({
  sensor_id,
  sensor_type,
  value,
  unit,
  timestamp,
  location,
  metadata: metadata ?? {},
});
