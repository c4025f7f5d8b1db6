/** What can be asked for about nodes, as the commands that `handleCommand` takes. */
import { type Actor, type Command, command } from '@plenum/event';
import { type NodeDescription, nodeStream } from './node-events.ts';
import { type KeyEnd, type NodeCommand, nodeRules } from './node-rules.ts';

type By = { readonly actor: Actor };

export const enrolNode = (
  nodeId: string,
  asked: By & { readonly description: NodeDescription; readonly orSame?: boolean },
): Command => ofNode(nodeId, { do: 'enrol', nodeId, ...asked });

export const changeNode = (nodeId: string, asked: By & { readonly description: NodeDescription }): Command =>
  ofNode(nodeId, { do: 'change', ...asked });

/** `keyHash`: SHA-256 of the key, in hexadecimal digits. */
export const issueNodeKey = (
  nodeId: string,
  asked: By & { readonly keyId: string; readonly keyHash: string },
): Command => ofNode(nodeId, { do: 'issue-key', ...asked });

export const revokeNodeKey = (
  nodeId: string,
  asked: By & { readonly keyId: string; readonly reason: KeyEnd },
): Command => ofNode(nodeId, { do: 'revoke-key', ...asked });

/** Without a subject it signs in with no certificate any more. */
export const setNodeCertificate = (nodeId: string, asked: By & { readonly subject: string | undefined }): Command =>
  ofNode(nodeId, { do: 'set-certificate', ...asked });

export const standNode = (nodeId: string, asked: By & { readonly do: 'disable' | 'enable' | 'remove' }): Command =>
  ofNode(nodeId, asked);

const ofNode = (nodeId: string, data: NodeCommand): Command =>
  command({ name: `device.${data.do}-node`, stream: nodeStream(nodeId), decider: nodeRules, data });
