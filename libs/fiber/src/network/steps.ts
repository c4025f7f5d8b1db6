/** One step of light through a network: where it may go on from a port or out of a fibre, or why it ends there. */
import { type Fiber, fiberKey, type Joint, type Network, type Patch, type Splice, splitterInput } from './network.ts';

/** What is passed, in the order in which it is. */
export type Segment =
  | { readonly kind: 'patch'; readonly patch: Patch }
  | { readonly kind: 'cable'; readonly fiber: Fiber }
  | { readonly kind: 'splice'; readonly splice: Splice }
  | { readonly kind: 'splitter'; readonly element: number; readonly from: number; readonly to: number };

/** Where light is: about to leave a port towards what is plugged into it, or in a fibre, into which it came at `from` or in its midst. */
export type Place =
  | { readonly at: 'patch'; readonly patch: Patch; readonly towards: 'fiber' | 'jumper' | 'splitter' }
  | { readonly at: 'fiber'; readonly fiber: Fiber; readonly from: Joint | undefined };

export type End =
  /** A port before which nothing is plugged in: the far end. */
  | { readonly end: 'port'; readonly element: number; readonly port: number }
  /** A fibre whose other end is joined to nothing. */
  | { readonly end: 'fiber'; readonly fiber: Fiber }
  /** A port that leads nowhere. */
  | { readonly end: 'unused'; readonly element: number; readonly port: number }
  /** Something that was passed before comes again. */
  | { readonly end: 'loop'; readonly again: string }
  /** More is joined here than there are ends: nobody can say where light goes. */
  | { readonly end: 'ambiguous'; readonly at: string; readonly joints: number };

/** Several moves: a splitter, from its input. */
export type Step = { readonly moves: readonly Move[] } | End;

export type Move = { readonly segments: readonly Segment[]; readonly place: Place };

/** Out of a port, into the fibre behind it; where there is none, into its jumper. */
export const startOf = (patch: Patch): Move => ({
  segments: [{ kind: 'patch', patch }],
  place: { at: 'patch', patch, towards: patch.fiber === undefined ? 'jumper' : 'fiber' },
});

export const stepFrom = (network: Network, place: Place): Step => {
  if (place.at === 'fiber') return throughFiber(network, place.fiber, place.from);
  const { patch, towards } = place;
  if (towards === 'splitter') return throughSplitter(network, patch);
  return towards === 'jumper' ? alongJumper(network, patch) : intoFiber(network, patch);
};

const intoFiber = (network: Network, patch: Patch): Step => {
  const { fiber } = patch;
  if (fiber === undefined) return farEnd(network, patch);
  return move([{ kind: 'cable', fiber }], { at: 'fiber', fiber, from: { kind: 'patch', patch } });
};

const throughFiber = (network: Network, fiber: Fiber, from: Joint | undefined): Step => {
  const joints = network.jointsOf(fiber);
  if (joints.length > 2) return { end: 'ambiguous', at: fiberKey(fiber), joints: joints.length };
  const onward = joints.find((joint) => from === undefined || !isSame(joint, from));
  if (onward === undefined) return { end: 'fiber', fiber };
  if (onward.kind === 'patch') return arrival(network, onward.patch, 'fiber');
  const { splice } = onward;
  const other = fiberKey(splice.a) === fiberKey(fiber) ? splice.b : splice.a;
  return move(
    [
      { kind: 'splice', splice },
      { kind: 'cable', fiber: other },
    ],
    { at: 'fiber', fiber: other, from: onward },
  );
};

const alongJumper = (network: Network, patch: Patch): Step => {
  const [other, ...more] = network.jumpersOf(patch);
  if (more.length > 0) return { end: 'ambiguous', at: patchKey(patch), joints: more.length + 1 };
  return other === undefined ? farEnd(network, patch) : arrival(network, other, 'jumper');
};

/** At a port, from its fibre or by its jumper: on to the other of both, or into the splitter that it is a port of. */
const arrival = (network: Network, patch: Patch, by: 'fiber' | 'jumper'): Step => {
  const isSplitter = network.splitter(patch.element) !== undefined;
  const outside = (patch.fiber === undefined ? 0 : 1) + network.jumpersOf(patch).length;
  // A port of a splitter has one side, for the other is the splitter.
  if (isSplitter && outside > 1) return { end: 'ambiguous', at: patchKey(patch), joints: outside };
  const beyond = by === 'fiber' ? 'jumper' : 'fiber';
  return move([{ kind: 'patch', patch }], { at: 'patch', patch, towards: isSplitter ? 'splitter' : beyond });
};

const throughSplitter = (network: Network, { element, port }: Patch): Step => {
  const ports = network.patchesOf(element);
  const onward =
    port === splitterInput
      ? ports.filter((one) => one.port !== splitterInput)
      : ports.filter((one) => one.port === splitterInput).slice(0, 1);
  if (onward.length === 0) return { end: 'unused', element, port };
  return {
    moves: onward.map((patch) => {
      const { segments, place } = startOf(patch);
      return { segments: [{ kind: 'splitter', element, from: port, to: patch.port }, ...segments], place };
    }),
  };
};

/** Where nothing is plugged in. What only a splitter leads to goes nowhere, and so does a port with nothing at either side. */
const farEnd = (network: Network, patch: Patch): End => {
  const { element, port, fiber } = patch;
  const isJoined = fiber !== undefined || network.jumpersOf(patch).length > 0;
  return { end: isJoined && network.splitter(element) === undefined ? 'port' : 'unused', element, port };
};

const move = (segments: readonly Segment[], place: Place): Step => ({ moves: [{ segments, place }] });

const isSame = (one: Joint, other: Joint): boolean =>
  one.kind === 'splice'
    ? other.kind === 'splice' && other.splice.id === one.splice.id
    : other.kind === 'patch' && other.patch.id === one.patch.id;

export const patchKey = ({ element, port }: Patch): string => `port ${element}/${port}`;
