/**
 * Who may connect to the MQTT listener, and what each may do there: nodes that are enrolled, each on its own topics. What is
 * decided about a node meanwhile reaches its connection at once.
 */
import { timingSafeEqual } from 'node:crypto';
import { nodeKeyHash } from '@plenum/credentials';
import {
  type AuthorizedNode,
  type AuthorizedNodeReads,
  type NamedNode,
  nodeNamedBy,
  nodeTopics,
  type SignedIn,
  signIn,
  stillHolds,
} from '@plenum/device';
import type { Access, Admission, Credentials, Rights } from '@plenum/mqtt';
import {
  type AuthorizationCache,
  authorizationCache,
  defaultAuthorizationLimits,
  type Logger,
  type Timer,
} from '@plenum/runtime';
import { isSignedIn, type LiveNode, type LiveNodes, liveNodes } from './live-nodes.ts';
import { type NotSignedIn, noCredentials, publicWhy, type RefusedClient, reasonOf } from './refused-client.ts';

export type DeviceAccess = {
  readonly access: Access;
  /** Something was decided about this node; or about any, where none is named. @throws when the tables do not answer. */
  changed(nodeId?: string): Promise<void>;
  counts(): AccessCounts;
};

export type AccessCounts = {
  /** Connections that signed in and are open. */
  readonly signedIn: number;
  /** Clients that were not let in. */
  readonly refused: number;
  /** Clients with wrong credentials that were let in all the same. */
  readonly refusedIfAsked: number;
  /** Connections that were ended because their rights were. */
  readonly ended: number;
};

export type DeviceAccessParts = {
  readonly reads: Pick<AuthorizedNodeReads, 'nodes'>;
  /** Whether clients that do not sign in are let in, and may do everything. */
  readonly anonymous: boolean;
  readonly logger: Logger;
  readonly timer: Timer;
  /** Called for every client that does not sign in as a node, let in or not. */
  readonly onRefused?: (refused: RefusedClient) => void;
};

type State = DeviceAccessParts & {
  readonly live: LiveNodes;
  readonly nodes: AuthorizationCache<AuthorizedNode>;
  readonly counts: { refused: number; refusedIfAsked: number; ended: number };
};

export const deviceAccess = (parts: DeviceAccessParts): DeviceAccess => {
  const { reads, logger, timer } = parts;
  const nodes = authorizationCache<AuthorizedNode>({
    read: async (ids) => new Map((await reads.nodes(ids)).map((node) => [node.node_id, node])),
    ...{ logger, timer },
    // After a restart all come at once.
    limits: { ...defaultAuthorizationLimits, waitingMax: 20_000 },
  });
  const live = liveNodes();
  const state: State = { ...parts, live, nodes, counts: { refused: 0, refusedIfAsked: 0, ended: 0 } };
  return {
    access: async (credentials) => {
      const named = namedBy(credentials);
      return named === undefined
        ? turnAway(state, credentials, undefined, noCredentials)
        : signInAs(state, named, credentials);
    },
    changed: async (nodeId) => {
      nodes.forget(nodeId === undefined ? () => true : ({ node_id }) => node_id === nodeId);
      const changed = nodeId === undefined ? live.nodeIds() : [nodeId];
      await Promise.all(changed.map((each) => lookAgain(state, each)));
    },
    counts: () => ({ signedIn: live.signedIn(), ...state.counts }),
  };
};

const nodeOf = async ({ nodes }: State, nodeId: string): Promise<AuthorizedNode | undefined> => {
  const answer = await nodes.get(nodeId);
  if (answer.outcome === 'away') throw new Error('the authorization tables do not answer');
  return answer.row;
};

const signInAs = async (state: State, named: NamedNode, credentials: Credentials): Promise<Admission> => {
  const { live } = state;
  const { nodeId } = named;
  const one = live.enter(nodeId);
  try {
    const said = await settled(state, one, named, credentials);
    if (said.outcome === 'signed-in') return { admitted: true, rights: rightsOf(live, nodeId, one) };
    live.leave(nodeId, one);
    return turnAway(state, credentials, nodeId, said);
  } catch (error) {
    live.leave(nodeId, one);
    throw error;
  }
};

const looksMax = 5;

/** Looks until nothing was decided about the node meanwhile. */
const settled = async (
  state: State,
  one: LiveNode,
  { nodeId, keyId }: NamedNode,
  { clientId, password, certificate }: Credentials,
): Promise<SignedIn> => {
  const keyHash = password === undefined ? undefined : nodeKeyHash(password);
  const asked = { clientId, nodeId, keyId, keyHash, certificate: certificate?.commonName };
  for (let looks = 0; looks < looksMax; looks += 1) {
    one.isStale = false;
    const node = await nodeOf(state, nodeId);
    const said = signIn(asked, node, equal);
    if (one.isStale) continue;
    if (said.outcome === 'signed-in' && node !== undefined) {
      one.proof = said.proof;
      one.topics = nodeTopics(nodeId, node.sensors);
    }
    return said;
  }
  throw new Error(`node ${nodeId} changes all the time`);
};

const rightsOf = (live: LiveNodes, nodeId: string, one: LiveNode): Rights => ({
  publish: (topic) => (one.topics?.publish.has(topic) === true ? undefined : `node ${nodeId} may not publish there`),
  subscribe: (filter) => (one.topics?.subscribe.has(filter) === true ? undefined : `node ${nodeId} may not read that`),
  ended: one.end.signal,
  released: () => live.leave(nodeId, one),
});

/** Who does not sign in is nobody in particular. */
const turnAway = (
  { anonymous, counts, logger, onRefused }: State,
  { clientId, userName }: Credentials,
  nodeId: string | undefined,
  { code, why }: NotSignedIn,
): Admission => {
  onRefused?.({ clientId, ...(nodeId !== undefined && { nodeId }), code, why, admitted: anonymous });
  if (anonymous) {
    if (code !== 'no-credentials') counts.refusedIfAsked += 1;
    logger.debug({ clientId, userName, code }, 'a client that did not sign in is let in: MQTT_ANONYMOUS');
    return { admitted: true, rights: everything };
  }
  counts.refused += 1;
  logger.info({ clientId, userName, code, why }, 'a client is not let in');
  return { admitted: false, reason: reasonOf[code], why: publicWhy[code] };
};

const lookAgain = async (state: State, nodeId: string): Promise<void> => {
  const { live, counts, logger } = state;
  const those = live.of(nodeId);
  if (those.size === 0) return;
  for (const one of those) one.isStale = true;
  const node = await nodeOf(state, nodeId);
  for (const one of those) {
    // Who is not signed in yet looks by itself.
    if (one.proof === undefined || !isSignedIn(one)) continue;
    if (stillHolds(one.proof, node) && node !== undefined) {
      one.topics = nodeTopics(nodeId, node.sensors);
      continue;
    }
    counts.ended += 1;
    logger.info({ nodeId, by: one.proof.by }, 'the rights of a node have ended');
    one.end.abort();
  }
};

/** Its user name; with a certificate and without one, its client id. */
const namedBy = ({ userName, certificate, clientId }: Credentials): NamedNode | undefined => {
  if (userName !== undefined && userName !== '') return nodeNamedBy(userName);
  return certificate && { nodeId: clientId, keyId: undefined };
};

const everything: Rights = { publish: () => undefined, subscribe: () => undefined };

/** Of two digests, in constant time. */
const equal = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
