import { defineEvent } from '@plenum/event';
import { type NodeRegisteredV1, nodeRegisteredV1 } from '../generated/schemas.ts';
import { nodesTopic } from '../topics.ts';

/** A node announced what it is and which sensors it carries. */
export type NodeRegisteredData = NodeRegisteredV1;

export const NodeRegistered = defineEvent<NodeRegisteredData>()({
  topic: nodesTopic.name,
  key: ({ node_id }) => node_id,
  schemas: [nodeRegisteredV1],
});
