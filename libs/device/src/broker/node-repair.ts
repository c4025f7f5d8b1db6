/** What has to be done at a broker for one node. Pure: what is decided and what is there are read by the caller. */
import type { AuthorizedNode } from '../authorization/reads.ts';
import { nodeUserName } from '../nodes/node-user-name.ts';
import type { NamesAtBroker } from './at-broker.ts';
import { type Repair, repairAtBroker } from './repair.ts';
import { nodeOfClient, nodeOfRole, nodeRole, type RightsAtBroker, wantedAtBroker } from './rights-at-broker.ts';

const nothing: RightsAtBroker = { roles: [], clients: [] };

export type NodeRepairAsked = {
  readonly nodeId: string;
  /** `undefined`: it is not enrolled, and may have nothing there. */
  readonly node: AuthorizedNode | undefined;
  readonly found: RightsAtBroker;
  /** Of keys that were made just now, by their user name. */
  readonly passwords?: ReadonlyMap<string, string> | undefined;
};

/** Of what was found, only what is this node's counts. */
export const nodeRepair = ({ nodeId, node, found, passwords }: NodeRepairAsked): Repair => {
  const wanted = node === undefined ? nothing : wantedAtBroker(node);
  const names = new Set(wanted.clients.map(({ username }) => username));
  const certificate = node?.certificate ?? undefined;
  const makeable = new Map<string, string | undefined>(passwords);
  if (certificate !== undefined) makeable.set(certificate, undefined);
  const own: RightsAtBroker = {
    roles: found.roles.filter((role) => nodeOfRole(role) === nodeId),
    clients: found.clients.filter((client) => names.has(client.username) || nodeOfClient(client) === nodeId),
  };
  return repairAtBroker(wanted, own, makeable);
};

/** What to look for at the broker: the names that it is to have, and others that it has or had. */
export const namesOfNode = (
  nodeId: string,
  node: AuthorizedNode | undefined,
  known: Iterable<string> = [],
): NamesAtBroker => ({
  rolenames: [nodeRole(nodeId)],
  usernames: [
    ...new Set([
      ...known,
      ...Object.keys(node?.keys ?? {}).map((keyId) => nodeUserName(nodeId, keyId)),
      ...(node?.certificate == null ? [] : [node.certificate]),
    ]),
  ],
});
