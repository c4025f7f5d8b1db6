import { defineSet } from '@plenum/read-model';
import { nodesTopic } from '../topics.ts';
import { type NodeEntry, nodeEntry, sensorNodes } from './sensor-nodes.ts';

/** Nodes as they registered and said they are. */
export const nodesSet = defineSet<NodeEntry>({
  name: 'nodes',
  version: 1,
  about: 'Nodes: where they hang, what they carry, how they are.',
  topics: [nodesTopic.name],
  entry: nodeEntry,
  folds: [sensorNodes],
});
