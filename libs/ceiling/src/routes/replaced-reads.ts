/** Two reads of the replaced system, in the shapes its clients know. New clients use `/api/v1`. */
import {
  answer,
  asOldFailure,
  defineRoute,
  identifier,
  jsonObject,
  jsonObjectOrNull,
  listOf,
  numberOrNull,
  oldFailures,
  type Route,
  textOrNull,
  truncatedHeader,
  utcTime,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import type { Node } from '../nodes/reads.ts';
import type { Reading } from '../readings/reads.ts';
import { type CeilingServices, silentSinceUs } from '../services.ts';

export const oldNode = Type.Object(
  {
    node_id: Type.String(),
    location: jsonObjectOrNull(),
    sensors: listOf(Type.String()),
    status: textOrNull(),
    battery_level: numberOrNull(),
    last_seen: utcTime('When its last registration or status came.'),
    firmware_version: textOrNull(),
    capabilities: jsonObject(),
  },
  { title: 'BuildingNode' },
);

export const oldNetwork = Type.Object({
  total_nodes: Type.Integer(),
  online_nodes: Type.Integer(),
  offline_nodes: Type.Integer(),
  network_health: Type.Number(),
});

const oldStatus = Type.Object(
  {
    success: Type.Literal(true),
    network_status: oldNetwork,
    nodes: listOf(oldNode),
    mqtt_connected: Type.Boolean(),
  },
  { title: 'BuildingNetworkStatus' },
);

export const oldReading = Type.Object(
  {
    sensor_id: Type.String(),
    sensor_type: Type.String(),
    value: Type.Number(),
    unit: Type.String(),
    timestamp: utcTime("The device's time."),
    location: jsonObject(),
    metadata: jsonObject(),
  },
  { title: 'BuildingReading' },
);

const oldReadings = Type.Object(
  {
    success: Type.Literal(true),
    sensor_id: Type.String(),
    data_points: Type.Integer({ description: 'Readings in the window, also those that are not in `data`.' }),
    data: listOf(oldReading, { description: 'The newest 100, the newest first; fewer when they are large.' }),
  },
  { title: 'BuildingReadings' },
);

const dataMax = 100;
const hoursMax = 24 * 366 * 100;

export const replacedRoutes = (services: CeilingServices): readonly Route[] => [
  statusRoute(services),
  readingsRoute(services),
];

const statusRoute = (services: CeilingServices) =>
  defineRoute({
    operationId: 'buildingNetworkStatus',
    method: 'GET',
    base: '/api/iot',
    path: '/network/status',
    access: { permission: 'read:sensors' },
    projections: ['nodes', 'readings'],
    tags: ['replaced system'],
    summary: 'Network status and all nodes, as the replaced system answered',
    answers: { 200: withHeaders(oldStatus, 'Plenum-Truncated'), ...oldFailures },
    failures: asOldFailure,
    handle: async () => {
      const silent = silentSinceUs(services);
      const [{ stale_nodes: _, ...network_status }, all, mqtt_connected] = await Promise.all([
        services.reads.nodes.networkStatus(silent),
        allNodes(services, silent),
        services.mqttConnected(),
      ]);
      const body = { success: true as const, network_status, nodes: all.items, mqtt_connected };
      return answer(body, { headers: truncatedHeader('nodes', all) });
    },
  });

const readingsRoute = ({ reads: { readings }, clock, lists }: CeilingServices) =>
  defineRoute({
    operationId: 'buildingSensorData',
    method: 'GET',
    base: '/api/iot',
    path: '/sensors/:id/data',
    access: { permission: 'read:sensors' },
    projections: ['readings'],
    tags: ['replaced system'],
    summary: 'Readings of one sensor in the last hours, as the replaced system answered',
    params: Type.Object({ id: identifier('Which sensor.') }),
    // Other parameters are let through: the replaced system did not mind them.
    querystring: Type.Object({ hours: Type.Number({ exclusiveMinimum: 0, maximum: hoursMax, default: 24 }) }),
    answers: { 200: withHeaders(oldReadings, 'Plenum-Truncated'), ...oldFailures },
    failures: asOldFailure,
    handle: async ({ params: { id }, query: { hours } }) => {
      const fromUs = clock.nowUs() - Math.round(hours * 3_600_000_000);
      const asked = { filter: { sensor: id }, fromUs, order: 'desc' } as const;
      const read = (after: Reading | undefined, limit: number) => readings.page({ ...asked, after, limit });
      const [data_points, data] = await Promise.all([
        readings.countSince(id, fromUs),
        lists.gathered({ read, show: toOldReading, rowsMax: dataMax }),
      ]);
      const body = { success: true as const, sensor_id: id, data_points, data: data.items };
      return answer(body, { headers: truncatedHeader('data', data) });
    },
  });

/** There are no pages in the old shape, so all of them, or as many as fit. */
const allNodes = ({ reads: { nodes }, lists }: CeilingServices, silentSinceUs: number) =>
  lists.gathered({
    read: (after: Node | undefined, limit) => nodes.page({ afterNode: after?.node_id, limit, silentSinceUs }),
    show: toOldNode,
    rowsMax: Number.POSITIVE_INFINITY,
  });

export const toOldNode = (node: Node) => ({
  node_id: node.node_id,
  location: node.location,
  sensors: node.sensors ?? [],
  status: node.status,
  battery_level: node.battery_level,
  last_seen: node.last_seen,
  firmware_version: node.firmware_version,
  capabilities: node.capabilities ?? {},
});

export const toOldReading = ({ sensor_id, sensor_type, value, unit, timestamp, location, metadata }: Reading) => ({
  sensor_id,
  sensor_type,
  value,
  unit,
  timestamp,
  location,
  metadata: metadata ?? {},
});
