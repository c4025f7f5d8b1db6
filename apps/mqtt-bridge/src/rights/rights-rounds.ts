/** Brings the rights at a broker to what is decided: of some nodes, or of all after everything was compared. */
import {
  type AtBroker,
  type AuthorizedNode,
  type AuthorizedNodeReads,
  namesOfNode,
  nodeOfClient,
  nodeOfRole,
  nodeRepair,
  type RightsAtBroker,
  type SettledNode,
  settleNodes,
} from '@plenum/device';
import type { Logger, Timer } from '@plenum/runtime';
import type { CountingRights, RightsCause, RightsCounts } from './rights-counts.ts';

export type RightsRoundsParts = {
  readonly atBroker: AtBroker;
  readonly reads: Pick<AuthorizedNodeReads, 'nodes' | 'page'>;
  readonly counting: CountingRights;
  readonly logger: Logger;
  readonly timer: Pick<Timer, 'nowMs'>;
  /** Before so long, what issued a key may be about to give it. */
  readonly missingMs: number;
  /** A key of this node was not there just now: it is to be looked at again then. */
  readonly onMissing: (nodeId: string) => void;
};

export type RightsRounds = {
  /** Something was decided about these. @throws when broker or database are away */
  look(nodeIds: readonly string[]): Promise<void>;
  /** Those that were to be looked at again. @throws as `look` */
  lookAgain(nodeIds: readonly string[]): Promise<void>;
  /** All that is at the broker, and all that is decided. @throws as `look` */
  compare(): Promise<void>;
  /** As seen at the last looks. */
  lacks(): Pick<RightsCounts, 'keysMissing' | 'namesTaken'>;
};

/** At a time: the broker does nothing else while it answers. */
const nodesMax = 50;
const rowsMax = 1_000;

export const rightsRounds = (parts: RightsRoundsParts): RightsRounds => {
  const { atBroker, reads } = parts;
  const seen: Seen = { known: new Map(), missing: new Map(), taken: new Map() };
  const settle = async (nodeIds: readonly string[], cause: RightsCause): Promise<void> => {
    for (let at = 0; at < nodeIds.length; at += nodesMax) {
      const asked = { nodeIds: nodeIds.slice(at, at + nodesMax), known: (id: string) => seen.known.get(id) ?? [] };
      for (const one of await settleNodes({ atBroker, reads }, asked)) note(parts, seen, one, cause);
    }
  };
  const compare = async (): Promise<void> => {
    const differing = new Set<string>();
    const found = byNode(await atBroker.list());
    let afterNode: string | undefined;
    for (;;) {
      const rows = await reads.page(afterNode, rowsMax);
      for (const node of rows) {
        const own = found.of(node);
        found.settled(node.node_id);
        remember(
          seen,
          node.node_id,
          own.clients.map(({ username }) => username),
        );
        const repair = nodeRepair({ nodeId: node.node_id, node, found: own });
        const { commands, missingKeys, takenNames } = repair;
        if (commands.length + missingKeys.length + takenNames.length > 0) differing.add(node.node_id);
      }
      afterNode = rows.at(-1)?.node_id;
      if (rows.length < rowsMax) break;
    }
    for (const [nodeId, usernames] of found.left()) {
      remember(seen, nodeId, usernames);
      differing.add(nodeId);
    }
    // Those that had something once and are in order now.
    for (const nodeId of [...seen.missing.keys(), ...seen.taken.keys()]) differing.add(nodeId);
    await settle([...differing], 'drift');
    parts.counting.compared();
  };
  return {
    look: (nodeIds) => settle(nodeIds, 'decision'),
    lookAgain: (nodeIds) => settle(nodeIds, 'drift'),
    compare,
    lacks: () => {
      const since = [...seen.missing.values()].flatMap((names) => [...names.values()]);
      return {
        keysMissing: since.filter(({ isSaid }) => isSaid).length,
        namesTaken: [...seen.taken.values()].reduce((sum, { length }) => sum + length, 0),
      };
    },
  };
};

type Missing = { readonly sinceMs: number; readonly isSaid: boolean };

type Seen = {
  /** User names of each node that the broker has or had: what is not decided any more is asked for by them. */
  readonly known: Map<string, Set<string>>;
  /** Keys that are not there, by node and user name. */
  readonly missing: Map<string, ReadonlyMap<string, Missing>>;
  readonly taken: Map<string, readonly string[]>;
};

const remember = ({ known }: Seen, nodeId: string, usernames: readonly string[]): void => {
  if (usernames.length > 0) known.set(nodeId, new Set([...(known.get(nodeId) ?? []), ...usernames]));
};

/** Secrets are in none of it: nothing is made here that has a password. */
const note = (parts: RightsRoundsParts, seen: Seen, one: SettledNode, cause: RightsCause): void => {
  const { counting, logger } = parts;
  const { nodeId, node, done, problem } = one;
  for (const command of done) {
    counting.changed({ cause, change: command.command });
    const name = 'rolename' in command ? command.rolename : command.username;
    const fields = { nodeId, name, change: command.command };
    if (cause === 'drift') logger.warn(fields, 'the broker had other rights of a node than what is decided');
    else logger.info(fields, 'the broker has what was decided about a node');
  }
  if (problem !== undefined) logger.error({ nodeId, problem }, 'the broker does not take the rights of a node');
  const { usernames } = namesOfNode(nodeId, node);
  if (problem !== undefined) remember(seen, nodeId, usernames);
  else if (usernames.length > 0) seen.known.set(nodeId, new Set(usernames));
  else seen.known.delete(nodeId);
  noteMissing(parts, seen, one);
  noteTaken(parts, seen, one);
};

const noteMissing = (
  { logger, timer, missingMs, onMissing }: RightsRoundsParts,
  { missing }: Seen,
  { nodeId, missingKeys }: SettledNode,
): void => {
  const before = missing.get(nodeId);
  const nowMs = timer.nowMs();
  const now = missingKeys.map((userName) => {
    const { sinceMs, isSaid } = before?.get(userName) ?? { sinceMs: nowMs, isSaid: false };
    if (isSaid) return [userName, { sinceMs, isSaid }] as const;
    const isTime = nowMs - sinceMs >= missingMs;
    if (isTime) logger.warn({ nodeId, userName }, 'the broker does not have a key: revoke it, and issue another one');
    else onMissing(nodeId);
    return [userName, { sinceMs, isSaid: isTime }] as const;
  });
  if (now.length > 0) missing.set(nodeId, new Map(now));
  else missing.delete(nodeId);
};

const noteTaken = ({ logger }: RightsRoundsParts, { taken }: Seen, { nodeId, takenNames }: SettledNode): void => {
  const said = taken.get(nodeId) ?? [];
  for (const userName of takenNames.filter((name) => !said.includes(name))) {
    logger.warn({ nodeId, userName }, 'a client of somebody else has the user name of a node at the broker');
  }
  if (takenNames.length > 0) taken.set(nodeId, takenNames);
  else taken.delete(nodeId);
};

/** What was found, taken apart: what is a node's, by what is decided of it or by its names. */
const byNode = ({ roles, clients }: RightsAtBroker) => {
  const roleOf = new Map(
    roles.flatMap((role) => {
      const nodeId = nodeOfRole(role);
      return nodeId === undefined ? [] : [[nodeId, role] as const];
    }),
  );
  const clientOf = new Map(clients.map((client) => [client.username, client]));
  const namesOf = new Map<string, string[]>();
  for (const client of clients) {
    const nodeId = nodeOfClient(client);
    if (nodeId !== undefined) namesOf.set(nodeId, [...(namesOf.get(nodeId) ?? []), client.username]);
  }
  return {
    of: (node: AuthorizedNode): RightsAtBroker => {
      const names = namesOfNode(node.node_id, node, namesOf.get(node.node_id)).usernames;
      const role = roleOf.get(node.node_id);
      return { roles: role === undefined ? [] : [role], clients: names.flatMap((name) => clientOf.get(name) ?? []) };
    },
    settled: (nodeId: string): void => {
      roleOf.delete(nodeId);
      namesOf.delete(nodeId);
    },
    /** What no node has that is enrolled. */
    left: (): ReadonlyMap<string, readonly string[]> => {
      const left = new Map<string, readonly string[]>(namesOf);
      for (const nodeId of roleOf.keys()) if (!left.has(nodeId)) left.set(nodeId, []);
      return left;
    },
  };
};
