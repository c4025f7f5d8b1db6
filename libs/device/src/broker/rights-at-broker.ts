/** What Mosquitto's dynamic-security plugin has to know of one node: a role with its topics, and a client for each proof. */
import type { AuthorizedNode } from '../authorization/reads.ts';
import { nodeTopics } from '../nodes/node-topics.ts';
import { nodeUserName } from '../nodes/node-user-name.ts';

export type BrokerAcl = {
  /** Nodes have no patterns; operators may. */
  readonly acltype:
    | ('publishClientSend' | 'publishClientReceive')
    | ('subscribeLiteral' | 'unsubscribeLiteral')
    | ('subscribePattern' | 'unsubscribePattern');
  readonly topic: string;
  readonly allow: boolean;
  readonly priority: number;
};

export type BrokerRole = { readonly rolename: string; readonly acls: readonly BrokerAcl[] };

export type BrokerClient = {
  readonly username: string;
  /** The one client id that it may come with. */
  readonly clientid: string | undefined;
  /** We write the role's name here, by which we know what we made. */
  readonly textname: string | undefined;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly disabled: boolean;
};

export type RightsAtBroker = { readonly roles: readonly BrokerRole[]; readonly clients: readonly BrokerClient[] };

const rolePrefix = 'plenum-node/';

export const nodeRole = (nodeId: string): string => `${rolePrefix}${nodeId}`;

/** Each key has a password of its own there, so two can be valid at a time. Disabled, its clients stay and may not come in. */
export const wantedAtBroker = ({ node_id, sensors, keys, certificate, disabled }: AuthorizedNode): RightsAtBroker => {
  const rolename = nodeRole(node_id);
  const names = Object.keys(keys).map((keyId) => nodeUserName(node_id, keyId));
  const client = (username: string): BrokerClient => ({
    ...{ username, clientid: node_id, textname: rolename, roles: [rolename], groups: [], disabled },
  });
  return {
    roles: [{ rolename, acls: aclsOf(node_id, sensors) }],
    clients: [...names, ...(certificate === null ? [] : [certificate])].map(client),
  };
};

const aclsOf = (nodeId: string, sensors: readonly string[]): readonly BrokerAcl[] => {
  const { publish, subscribe } = nodeTopics(nodeId, sensors);
  const allowed = (acltype: BrokerAcl['acltype'], topics: ReadonlySet<string>): readonly BrokerAcl[] =>
    [...topics].map((topic) => ({ acltype, topic, allow: true, priority: 0 }));
  return [
    ...allowed('publishClientSend', publish),
    ...(['subscribeLiteral', 'publishClientReceive', 'unsubscribeLiteral'] as const).flatMap((acltype) =>
      allowed(acltype, subscribe),
    ),
  ];
};

export const isOurRole = ({ rolename }: Pick<BrokerRole, 'rolename'>): boolean => rolename.startsWith(rolePrefix);

/** What we made, or what looks as if we had. All others are the operator's own. */
export const isOurClient = (client: Pick<BrokerClient, 'username' | 'textname'>): boolean =>
  nodeOfClient(client) !== undefined;

/** The node that a role is for; `undefined` where it is the operator's own. */
export const nodeOfRole = ({ rolename }: Pick<BrokerRole, 'rolename'>): string | undefined =>
  rolename.startsWith(rolePrefix) ? rolename.slice(rolePrefix.length) : undefined;

/** The node that a client signs in as; `undefined` where it is the operator's own. */
export const nodeOfClient = ({ username, textname }: Pick<BrokerClient, 'username' | 'textname'>): string | undefined =>
  /^([^/]+)\/[0-9a-f]{8}$/.exec(username)?.[1] ??
  (textname?.startsWith(rolePrefix) === true ? textname.slice(rolePrefix.length) : undefined);
