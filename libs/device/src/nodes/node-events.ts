/** What is decided about nodes, as events. Their types are made from `schemas/device`. */
import { defineEvent, streamOf } from '@plenum/event';
import {
  type NodeCertificateSetV1,
  type NodeChangedV1,
  type NodeDisabledV1,
  type NodeEnabledV1,
  type NodeEnrolledV1,
  type NodeKeyIssuedV1,
  type NodeKeyRevokedV1,
  type NodeRemovedV1,
  nodeCertificateSetV1,
  nodeChangedV1,
  nodeDisabledV1,
  nodeEnabledV1,
  nodeEnrolledV1,
  nodeKeyIssuedV1,
  nodeKeyRevokedV1,
  nodeRemovedV1,
} from '../generated/schemas.ts';
import { deviceDecisionsTopic } from '../topics.ts';

export const nodeStreamKind = 'node';

export const nodeStream = (nodeId: string): string => streamOf(nodeStreamKind, nodeId);

/** With the node as their key, all that is decided about one, its commands too, is in one partition. */
const ofNode = { topic: deviceDecisionsTopic.name, key: ({ node_id }: { readonly node_id: string }) => node_id };

export const NodeEnrolled = defineEvent<NodeEnrolledV1>()({ ...ofNode, schemas: [nodeEnrolledV1] });
export const NodeChanged = defineEvent<NodeChangedV1>()({ ...ofNode, schemas: [nodeChangedV1] });
export const NodeKeyIssued = defineEvent<NodeKeyIssuedV1>()({ ...ofNode, schemas: [nodeKeyIssuedV1] });
export const NodeKeyRevoked = defineEvent<NodeKeyRevokedV1>()({ ...ofNode, schemas: [nodeKeyRevokedV1] });
export const NodeCertificateSet = defineEvent<NodeCertificateSetV1>()({ ...ofNode, schemas: [nodeCertificateSetV1] });
export const NodeDisabled = defineEvent<NodeDisabledV1>()({ ...ofNode, schemas: [nodeDisabledV1] });
export const NodeEnabled = defineEvent<NodeEnabledV1>()({ ...ofNode, schemas: [nodeEnabledV1] });
export const NodeRemoved = defineEvent<NodeRemovedV1>()({ ...ofNode, schemas: [nodeRemovedV1] });

/** What we say of a node. */
export type NodeDescription = Omit<NodeChangedV1, 'node_id' | 'by'>;
