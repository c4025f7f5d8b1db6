import { defineProjection } from '@plenum/read-model';
import { nodesTopic } from '../topics.ts';
import { type NodeEventsRow, nodeEvents, nodeEventsRow } from './node-events.ts';
import { sensorNodes } from './sensor-nodes.ts';

/** Nodes as they registered and said they are. */
export const nodesProjection = defineProjection<NodeEventsRow>({
  name: 'nodes',
  version: 2,
  about: 'Nodes: where they hang, what they carry, how they are, and what they said about it.',
  topics: [nodesTopic.name],
  entry: nodeEventsRow,
  ledger: nodeEvents,
  folds: [sensorNodes],
});
