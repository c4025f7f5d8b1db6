import { defineEvent } from '@plenum/event';
import { type NodeStatusReportedV1, nodeStatusReportedV1 } from '../generated/schemas.ts';
import { nodesTopic } from '../topics.ts';

/** A node, or the will it left with the broker, said how it is. */
export type NodeStatusReportedData = NodeStatusReportedV1;

export const NodeStatusReported = defineEvent<NodeStatusReportedData>()({
  topic: nodesTopic.name,
  key: ({ node_id }) => node_id,
  schemas: [nodeStatusReportedV1],
});
