/** How far a command for several nodes has come: it is read from the commands of the nodes, each of which has its own outcome. */
import { type CommandState, commandStates, isFinal } from './command-states.ts';

/** How many of its commands are in each state. */
export type StateCounts = { readonly [State in CommandState]?: number };

export type Group = {
  /** The state of the command for several itself: it is sent to nobody. */
  readonly own: CommandState;
  /** For how many nodes it is. */
  readonly nodes: number;
  readonly counts: StateCounts;
};

/** What a group has come to, when nothing succeeded everywhere: the first of these that occurs. */
const worstFirst = ['failed', 'unanswered', 'expired', 'cancelled'] as const;

/**
 * The state to show, and whether nothing about it can change any more.
 *
 * It is `requested` until each node has a command of its own, `accepted` as long as one of those has not ended, and then
 * `succeeded` where all of them succeeded, else the first of `failed`, `unanswered`, `expired` and `cancelled` that occurs.
 * One that was taken back is `cancelled` at once, whatever those nodes do that had it already; it is final when they have ended.
 */
export const groupState = ({
  own,
  nodes,
  counts,
}: Group): { readonly state: CommandState; readonly final: boolean } => {
  const known = commandStates.filter((state) => (counts[state] ?? 0) > 0);
  const allEnded = known.every(isFinal);
  if (isFinal(own)) return { state: own, final: allEnded };
  const made = known.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  if (own === 'requested' || made < nodes || !allEnded) return { state: own, final: false };
  return { state: worstFirst.find((state) => known.includes(state)) ?? 'succeeded', final: true };
};
