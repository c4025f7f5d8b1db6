/** Gives the simulated nodes of a demonstration identities, as an operator does: a table of them, and a key for each. */
import { type Client, everyPage, get, remove, together } from '../api/api-client.ts';
import type { SignIn } from '../simulate/devices.ts';
import { enrolTable, issueKey, type Place } from '../simulate/enrol-nodes.ts';
import { type NodeKey, signInOf } from '../simulate/node-key.ts';

export type Enrolled = {
  /** What each node signs in with. */
  readonly signIns: readonly SignIn[];
  /** Whether other nodes are enrolled besides. */
  readonly isAmongOthers: boolean;
};

/**
 * Nodes that an earlier demonstration enrolled get another key, and lose those that they had: nobody has kept them.
 * @throws Error when one cannot be enrolled, such as one that somebody has enrolled as something else.
 */
export const enrolNodes = async (client: Client, nodes: readonly Place[]): Promise<Enrolled> => {
  const ours = new Set(nodes.map(({ id }) => id));
  const known = await everyPage<{ readonly node_id: string }>(client, '/api/v1/enrolments?state=enrolled');
  const enrolled = await enrolTable(client, nodes);
  const keys = await together(enrolled, async ({ nodeId, key }) => key ?? anotherKey(client, nodeId));
  return { signIns: keys.map(signInOf), isAmongOthers: known.some(({ node_id }) => !ours.has(node_id)) };
};

const anotherKey = async (client: Client, nodeId: string): Promise<NodeKey> => {
  const at = `/api/v1/nodes/${nodeId}`;
  const { keys } = await get<{ readonly keys: readonly { readonly key_id: string }[] | null }>(
    client,
    `${at}/enrolment`,
  );
  for (const { key_id } of keys ?? []) await remove(client, `${at}/keys/${key_id}`);
  return issueKey(client, nodeId);
};
