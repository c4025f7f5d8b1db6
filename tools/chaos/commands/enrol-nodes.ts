/** The nodes of a chaos run that are commanded: enrolled through the API, each with a key of its own. */
import { type Asking, isDone } from '../asking.ts';

export type EnrolledNode = {
  readonly nodeId: string;
  /** With its key id; its MQTT user name. */
  readonly userName: string;
  readonly key: string;
};

const nodeCount = 12;
export const zones = ['chaos-east', 'chaos-west'] as const;
/** It is enrolled, and never connects. */
export const sleeper = 'chaos-sleeper';

/** To be asked for while nothing goes wrong: a key is shown once. @throws when one of them was refused. */
export const enrolNodes = async (asking: Asking, seed: number): Promise<readonly EnrolledNode[]> => {
  const nodeIds = Array.from({ length: nodeCount }, (_, index) => `chaos-node-${seed}-${index + 1}`);
  for (const [index, node_id] of [sleeper, ...nodeIds].entries()) {
    const location = { x: index, y: 0, z: 2.5, zone: zones[index % zones.length] };
    const body = { node_id, location, sensors: ['humidity'] };
    const enrolled = await asking.ask({ what: 'enrol a node', method: 'POST', path: '/nodes', body });
    if (!isDone(enrolled)) throw new Error(`${node_id} was not enrolled: ${JSON.stringify(enrolled)}`);
  }
  const nodes: EnrolledNode[] = [];
  // The one that never connects, too: commands of a node without a key may be heard by others.
  for (const nodeId of [sleeper, ...nodeIds]) {
    const issued = await asking.ask({ what: 'issue a key of a node', method: 'POST', path: `/nodes/${nodeId}/keys` });
    const { user_name, key } = issued?.body ?? {};
    if (typeof user_name !== 'string' || typeof key !== 'string') throw new Error(`${nodeId} got no key`);
    if (nodeId !== sleeper) nodes.push({ nodeId, userName: user_name, key });
  }
  return nodes;
};
