/** Makes a broker have what is decided about nodes, and looks whether it does. */
import type { AuthorizedNode, AuthorizedNodeReads } from '../authorization/reads.ts';
import type { AtBroker } from './at-broker.ts';
import { namesOfNode, nodeRepair } from './node-repair.ts';
import type { BrokerCommand, Repair } from './repair.ts';

export type SettlingParts = {
  readonly atBroker: Pick<AtBroker, 'get' | 'run'>;
  readonly reads: Pick<AuthorizedNodeReads, 'nodes'>;
};

export type SettlingAsked = {
  readonly nodeIds: readonly string[];
  /** User names that a node has or had at the broker, beside those that are decided. */
  readonly known?: (nodeId: string) => Iterable<string>;
  /** Of keys that were made just now, by their user name. */
  readonly passwords?: ReadonlyMap<string, string>;
};

export type SettledNode = {
  readonly nodeId: string;
  /** As it was decided when the broker was last looked at. */
  readonly node: AuthorizedNode | undefined;
  /** What was carried out, in its order. */
  readonly done: readonly BrokerCommand[];
  /** Why something was not, and still is not; in the broker's words. */
  readonly problem: string | undefined;
} & Pick<Repair, 'missingKeys' | 'takenNames'>;

/** Somebody else may settle the same node: what one of them does between our look and our command makes us look again. */
const triesMax = 4;

/** @throws what the ports throw; what was done then is not known, and the same may be asked again. */
export const settleNodes = async (parts: SettlingParts, asked: SettlingAsked): Promise<readonly SettledNode[]> => {
  const settled = new Map<string, SettledNode>();
  let left = [...new Set(asked.nodeIds)];
  for (let tries = 1; left.length > 0; tries += 1) {
    const repairs = await repairsOf(parts, { ...asked, nodeIds: left });
    const isLast = tries === triesMax;
    const commands = isLast ? [] : repairs.flatMap((one) => one.commands);
    const problems = commands.length === 0 ? [] : await parts.atBroker.run(commands);
    let next = 0;
    for (const { nodeId, node, commands: own, missingKeys, takenNames } of repairs) {
      const answers = own.map((command, index) => ({ command, problem: problems[next + index] }));
      if (!isLast) next += own.length;
      const before = settled.get(nodeId);
      const carriedOut = isLast ? [] : answers.filter(({ problem }) => problem === undefined);
      const refused = answers.find(({ problem }) => problem !== undefined)?.problem;
      settled.set(nodeId, {
        ...{ nodeId, node, missingKeys, takenNames },
        done: [...(before?.done ?? []), ...carriedOut.map(({ command }) => command)],
        problem: own.length === 0 ? undefined : (refused ?? before?.problem),
      });
    }
    // What was carried out is looked at once more: a command that succeeds says nothing of what came after it.
    left = isLast ? [] : repairs.filter((one) => one.commands.length > 0).map(({ nodeId }) => nodeId);
  }
  return [...settled.values()];
};

type NodeRepair = Repair & { readonly nodeId: string; readonly node: AuthorizedNode | undefined };

/**
 * The broker is read before the rows that judge it: a key is in the table before the broker has it, so a client that the rows do not
 * know is none that is being made.
 */
const repairsOf = async (
  { atBroker, reads }: SettlingParts,
  { nodeIds, known, passwords }: SettlingAsked,
): Promise<readonly NodeRepair[]> => {
  const before = await nodesOf(reads, nodeIds);
  const names = nodeIds.map((nodeId) => namesOfNode(nodeId, before.get(nodeId), known?.(nodeId)));
  const found = await atBroker.get({
    rolenames: names.flatMap(({ rolenames }) => rolenames),
    usernames: [...new Set(names.flatMap(({ usernames }) => usernames))],
  });
  const nodes = await nodesOf(reads, nodeIds);
  return nodeIds.map((nodeId) => {
    const node = nodes.get(nodeId);
    return { nodeId, node, ...nodeRepair({ nodeId, node, found, passwords }) };
  });
};

const nodesOf = async (
  reads: Pick<AuthorizedNodeReads, 'nodes'>,
  nodeIds: readonly string[],
): Promise<ReadonlyMap<string, AuthorizedNode>> =>
  new Map((await reads.nodes(nodeIds)).map((node) => [node.node_id, node]));
