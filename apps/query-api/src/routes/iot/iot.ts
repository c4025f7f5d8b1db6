/** Two reads of the replaced system, in the shapes its clients know. New clients use `/api/v1`. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Node, NodeReads, Reading, ReadingReads } from '@plenum/ceiling';
import type { Clock } from '@plenum/runtime';
import type { FastifyError, FastifyRequest } from 'fastify';
import { problemOf } from '../../conventions/errors.ts';
import {
  identifier,
  jsonObject,
  jsonObjectOrNull,
  numberOrNull,
  textOrNull,
  utcTime,
} from '../../conventions/fields.ts';
import { oldFailures, sendOldFailure } from './old-failures.ts';

export type IotRoutesParts = {
  readonly nodes: Pick<NodeReads, 'page' | 'networkStatus'>;
  readonly readings: Pick<ReadingReads, 'page' | 'countSince'>;
  readonly clock: Clock;
  readonly silentSinceUs: () => number;
  /** Whether the MQTT door answers. */
  readonly mqttConnected: () => Promise<boolean>;
  /** Told of bugs: the answer does not tell. */
  readonly noteBug: (error: FastifyError, request: FastifyRequest) => void;
};

const oldNode = Type.Object({
  node_id: Type.String(),
  location: jsonObjectOrNull(),
  sensors: Type.Array(Type.String()),
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
  nodes: Type.Array(oldNode),
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
  data: Type.Array(oldReading, { description: 'The newest 100, the newest first.' }),
});

const dataMax = 100;
const hoursMax = 24 * 366 * 100;

export const iotRoutes =
  (parts: IotRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { nodes, readings, clock, silentSinceUs, mqttConnected, noteBug } = parts;
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const problem = problemOf(error);
      if (problem.kind === 'internal') noteBug(error, request);
      return sendOldFailure(reply, problem);
    });

    app.get(
      '/network/status',
      {
        config: { access: { permission: 'read:sensors' }, sets: ['nodes', 'readings'] },
        schema: {
          tags: ['replaced system'],
          summary: 'Network status and all nodes, as the replaced system answered',
          response: { 200: oldStatus, ...oldFailures },
        },
      },
      async () => {
        const silent = silentSinceUs();
        const [{ stale_nodes: _, ...network_status }, all, mqtt_connected] = await Promise.all([
          nodes.networkStatus(silent),
          allNodes(nodes, silent),
          mqttConnected(),
        ]);
        return { success: true as const, network_status, nodes: all, mqtt_connected };
      },
    );

    app.get(
      '/sensors/:id/data',
      {
        config: { access: { permission: 'read:sensors' }, sets: ['readings'] },
        schema: {
          tags: ['replaced system'],
          summary: 'Readings of one sensor in the last hours, as the replaced system answered',
          params: Type.Object({ id: identifier('Which sensor.') }),
          // Other parameters are let through: the replaced system did not mind them.
          querystring: Type.Object({ hours: Type.Number({ exclusiveMinimum: 0, maximum: hoursMax, default: 24 }) }),
          response: { 200: oldReadings, ...oldFailures },
        },
      },
      async ({ params: { id }, query: { hours } }) => {
        const fromUs = clock.nowUs() - Math.round(hours * 3_600_000_000);
        const [data_points, rows] = await Promise.all([
          readings.countSince(id, fromUs),
          readings.page({ filter: { sensor: id }, fromUs, order: 'desc', limit: dataMax }),
        ]);
        return { success: true as const, sensor_id: id, data_points, data: rows.map(toOldReading) };
      },
    );
  };

/** There are no pages in the old shape, so all of them; read in pages, so that no query is unbounded. */
const allNodes = async (nodes: Pick<NodeReads, 'page'>, silentSinceUs: number) => {
  const all: Node[] = [];
  for (let afterNode: string | undefined; ; ) {
    const rows = await nodes.page({ afterNode, limit: 1_000, silentSinceUs });
    all.push(...rows);
    if (rows.length < 1_000) return all.map(toOldNode);
    afterNode = rows.at(-1)?.node_id;
  }
};

const toOldNode = (node: Node) => ({
  node_id: node.node_id,
  location: node.location,
  sensors: [...(node.sensors ?? [])],
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
