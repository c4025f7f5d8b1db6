/** Asks the API to enrol simulated nodes, with every sensor that they report, and to give them keys. */
import { sensorTypes } from '@plenum/ceiling';
import type { SimulatedNode } from '@plenum/simulation';
import { type Client, post, together } from '../api/api-client.ts';
import { isNodeKey, type NodeKey } from './node-key.ts';

export type Place = Pick<SimulatedNode, 'id' | 'location'>;

/** A node that is enrolled; `undefined`: it was so before, and got no key. */
export type EnrolledNode = { readonly nodeId: string; readonly key: NodeKey | undefined };

type Line = { readonly node_id: string; readonly outcome: string; readonly reason: string | null };

/** Tables are enrolled side by side, and the lines of one after another. */
const tableMax = 25;

/**
 * In the order of the nodes. Each key is shown this once: `take` has it before the next one is asked for.
 * @throws Error when one cannot be enrolled, such as one that is enrolled as something else, or with what the API says.
 */
export const enrolTable = async (
  client: Client,
  nodes: readonly Place[],
  take: (key: NodeKey) => Promise<void> = async () => undefined,
): Promise<readonly EnrolledNode[]> => {
  const tables: (readonly Place[])[] = [];
  for (let from = 0; from < nodes.length; from += tableMax) tables.push(nodes.slice(from, from + tableMax));
  const answers = await togetherToTheEnd(tables, async (table) => {
    const asked = { csv: tableOf(table) };
    const { lines } = await post<{ readonly lines: readonly Line[] }>(client, '/api/v1/nodes/bulk?keys=true', asked);
    for (const line of lines) if (isNodeKey(line)) await take(line);
    return lines;
  });
  return answers.flat().map((line) => {
    const { node_id: nodeId, outcome, reason } = line;
    if (outcome === 'refused') throw new Error(`${nodeId} cannot be enrolled: ${reason}`);
    return { nodeId, key: isNodeKey(line) ? line : undefined };
  });
};

/** One more key of a node that is enrolled. @throws Error with what the API says, such as that it has two. */
export const issueKey = async (client: Client, nodeId: string): Promise<NodeKey> => {
  const issued = await post<object>(client, `/api/v1/nodes/${nodeId}/keys`);
  const key = { ...issued, node_id: nodeId };
  if (!isNodeKey(key)) throw new Error(`${nodeId} got no key`);
  return key;
};

/** As `together`, but what was begun has ended when it throws, so that nobody is given a key that nobody hears of. */
export const togetherToTheEnd = async <T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const failures: unknown[] = [];
  const results = await together(items, async (item) => {
    if (failures.length > 0) return [];
    try {
      return [await work(item)];
    } catch (error) {
      failures.push(error);
      return [];
    }
  });
  if (failures.length > 0) throw failures[0];
  return results.flat();
};

const tableOf = (nodes: readonly Place[]): string =>
  ['node_id,x,y,z,zone,sensors', ...nodes.map(lineOf)].map((line) => `${line}\n`).join('');

const lineOf = ({ id, location: { x, y, z, zone } }: Place): string =>
  [id, x, y, z, zone, sensorTypes.join(';')].join(',');
