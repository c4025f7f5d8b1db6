/** What can be had of the ceiling as files. */
import type { ExportKind } from '@plenum/domain';
import { Type } from 'typebox';
import { nodesProjection } from './nodes/nodes-projection.ts';
import { nodesTable } from './nodes/sensor-nodes.ts';
import { readingsProjection } from './readings/readings-projection.ts';
import { sensorData } from './readings/sensor-data.ts';
import { commandsSeenTopic } from './topics.ts';
import { nodeStatuses, sensorTypes } from './vocabulary.ts';

const permission = 'read:sensors';
const id = Type.String({ minLength: 1, maxLength: 200 });
const oneOf = (words: readonly string[]) => Type.Union(words.map((word) => Type.Literal(word)));

export const ceilingExports: readonly ExportKind[] = [
  {
    ...{ kind: 'readings', about: 'Every reading once, as sent.', permission, content: 'rows' },
    ...{ projection: readingsProjection, table: sensorData, rowsAre: 'ledger' },
    columns: [
      ...['log_partition', 'log_offset', 'event_id', 'sensor_id', 'node_id', 'sensor_type', 'value', 'unit'],
      ...['timestamp', 'effective_time', 'created_at', 'location', 'metadata'],
    ],
    time: 'effective_time',
    filters: {
      sensor_id: { column: 'sensor_id', schema: id },
      node_id: { column: 'node_id', schema: id },
      sensor_type: { column: 'sensor_type', schema: oneOf(sensorTypes) },
    },
  },
  {
    ...{ kind: 'nodes', about: 'Every node as it is known.', permission, content: 'rows' },
    ...{ projection: nodesProjection, table: nodesTable, rowsAre: 'state' },
    columns: [
      ...['node_id', 'status', 'battery_level', 'last_seen', 'firmware_version', 'registered_time', 'status_time'],
      ...['location', 'sensors', 'capabilities', 'event_id', 'log_partition', 'log_offset'],
    ],
    time: 'last_seen',
    filters: {
      node_id: { column: 'node_id', schema: id },
      status: { column: 'status', schema: oneOf(nodeStatuses) },
    },
  },
  {
    ...{ kind: 'commands', about: 'Commands to nodes that somebody else published.', permission },
    ...{ content: 'events', topics: [commandsSeenTopic] },
  },
];
