/** The ways that light takes from a port: one, or as many as splitters make of it. */
import { type Fiber, fiberKey, type Joint, type Network, type Patch } from './network.ts';
import { type End, type Move, patchKey, type Segment, startOf, stepFrom } from './steps.ts';

export type Way = {
  /** From the first port, or fibre, to the last thing that was passed. */
  readonly segments: readonly Segment[];
  readonly end: End | Branches;
};

/** The input of a splitter, where ways part and were not followed. */
export type Branches = { readonly end: 'branches'; readonly element: number; readonly ports: readonly number[] };

/** The one way from a port as far as there is only one: at the input of a splitter it ends, and names what it branches into. */
export const wayFrom = (network: Network, start: Patch): Way => {
  const [way] = walk(network, startOf(start), { splitters: 'named', waysMax: 1 });
  if (way === undefined) throw new Error('a walk has no way');
  return way;
};

/**
 * All ways below a port, depth first, by the ports of splitters. None passes anything twice, so each ends. `waysMax` bounds what a web
 * of splitters leads to: when there are that many, there may be more.
 */
export const waysFrom = (network: Network, start: Patch, { waysMax = 10_000 } = {}): readonly Way[] =>
  walk(network, startOf(start), { splitters: 'followed', waysMax });

/** The same out of a fibre, away from one of its joints. */
export const waysOutOf = (
  network: Network,
  fiber: Fiber,
  from: Joint | undefined,
  { waysMax = 10_000 } = {},
): readonly Way[] =>
  walk(
    network,
    { segments: [{ kind: 'cable', fiber }], place: { at: 'fiber', fiber, from } },
    { splitters: 'followed', waysMax },
  );

type Walk = { readonly splitters: 'named' | 'followed'; readonly waysMax: number };

/** `depth` is how many moves lead to it. */
type Branch = { readonly depth: number; readonly move: Move };

const walk = (network: Network, start: Move, { splitters, waysMax }: Walk): readonly Way[] => {
  const ways: Way[] = [];
  const open: Branch[] = [{ depth: 0, move: start }];
  const path: Move[] = [];
  const passed = new Set<string>();
  while (ways.length < waysMax) {
    const branch = open.pop();
    if (branch === undefined) break;
    for (const left of path.splice(branch.depth)) for (const key of keysOf(left)) passed.delete(key);
    const keys = keysOf(branch.move);
    const again = keys.find((key) => passed.has(key));
    if (again !== undefined) {
      ways.push({ segments: segmentsOf(path), end: { end: 'loop', again } });
      continue;
    }
    path.push(branch.move);
    for (const key of keys) passed.add(key);
    const step = stepFrom(network, branch.move.place);
    if ('end' in step) ways.push({ segments: segmentsOf(path), end: step });
    else if (step.moves.length > 1 && splitters === 'named') {
      ways.push({ segments: segmentsOf(path), end: branchesOf(step.moves) });
    } else {
      // The last of them is taken up first.
      for (const move of step.moves.toReversed()) open.push({ depth: path.length, move });
    }
  }
  return ways;
};

/** What no way passes twice. A splice is passed between two fibres, so a way that came to it again would come to those again. */
const keysOf = ({ segments }: Move): readonly string[] =>
  segments.flatMap((segment) => {
    if (segment.kind === 'patch') return [patchKey(segment.patch)];
    return segment.kind === 'cable' ? [fiberKey(segment.fiber)] : [];
  });

const segmentsOf = (path: readonly Move[]): readonly Segment[] => path.flatMap(({ segments }) => segments);

const branchesOf = (moves: readonly Move[]): Branches => {
  const splits = moves.flatMap(({ segments }) => segments.filter((one) => one.kind === 'splitter'));
  return { end: 'branches', element: splits[0]?.element ?? 0, ports: splits.map(({ to }) => to) };
};
