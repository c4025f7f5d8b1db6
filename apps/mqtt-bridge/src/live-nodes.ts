/** The connections of nodes that are here, by node: who has to hear of a decision. */
import type { NodeTopics, Proof } from '@plenum/device';

/** A connection of a node, from before it is looked up until it has gone. */
export type LiveNode = {
  readonly end: AbortController;
  /** What was read of the node is older than what is decided about it. */
  isStale: boolean;
  /** Since it is signed in. */
  proof: Proof | undefined;
  topics: NodeTopics | undefined;
};

export type LiveNodes = {
  /** Before it is looked up, so that nothing is decided in between unseen. */
  enter(nodeId: string): LiveNode;
  leave(nodeId: string, one: LiveNode): void;
  of(nodeId: string): ReadonlySet<LiveNode>;
  nodeIds(): readonly string[];
  /** Connections that signed in, and whose rights have not ended. */
  signedIn(): number;
};

export const liveNodes = (): LiveNodes => {
  const live = new Map<string, Set<LiveNode>>();
  return {
    enter: (nodeId) => {
      const one: LiveNode = { end: new AbortController(), isStale: false, proof: undefined, topics: undefined };
      live.set(nodeId, (live.get(nodeId) ?? new Set()).add(one));
      return one;
    },
    leave: (nodeId, one) => {
      const those = live.get(nodeId);
      those?.delete(one);
      if (those?.size === 0) live.delete(nodeId);
    },
    of: (nodeId) => live.get(nodeId) ?? new Set(),
    nodeIds: () => [...live.keys()],
    signedIn: () => {
      let open = 0;
      for (const those of live.values()) for (const one of those) if (isSignedIn(one)) open += 1;
      return open;
    },
  };
};

/** Whether there is anything that can end. */
export const isSignedIn = ({ proof, end }: LiveNode): boolean => proof !== undefined && !end.signal.aborted;
