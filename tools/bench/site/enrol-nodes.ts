/** Nodes of a measurement: enrolled over the API as people would, each with a key of its own. */
import type { NodeSignIn } from '../load/commanded-nodes.ts';
import type { Site } from './start-site.ts';

/** As many as one table may have. */
const tableMax = 1_000;
/** Tables under way together, each node after the other. */
const together = 8;

type Line = { readonly node_id: string; readonly user_name: string | null; readonly key: string | null };

/** @throws when one of them is not enrolled. */
export const enrolNodes = async (
  { apiUrl, apiHeaders }: Pick<Site, 'apiUrl' | 'apiHeaders'>,
  nodeIds: readonly string[],
): Promise<readonly NodeSignIn[]> => {
  const enrol = async (some: readonly string[]): Promise<readonly NodeSignIn[]> => {
    const response = await fetch(`${apiUrl}/api/v1/nodes/bulk?keys=true`, {
      method: 'POST',
      headers: { ...apiHeaders, 'content-type': 'application/json' },
      body: JSON.stringify({ csv: tableOf(some) }),
    });
    if (!response.ok) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
    const { lines } = (await response.json()) as { readonly lines: readonly Line[] }; // As the API declares it.
    return lines.map(({ node_id: nodeId, user_name: userName, key: password }) => {
      if (userName === null || password === null) throw new Error(`${nodeId} got no key`);
      return { nodeId, userName, password };
    });
  };
  const size = Math.min(tableMax, Math.ceil(nodeIds.length / together));
  const tables = Array.from({ length: Math.ceil(nodeIds.length / size) }, (_, index) =>
    nodeIds.slice(index * size, (index + 1) * size),
  );
  return (await Promise.all(tables.map(enrol))).flat();
};

const tableOf = (nodeIds: readonly string[]): string =>
  ['node_id,x,y,z,sensors', ...nodeIds.map((id) => `${id},0,0,0,temperature`)].join('\r\n');
