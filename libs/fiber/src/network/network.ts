/** A fibre network as light goes through it: cables with their fibres, what joins two fibres, and ports with what is plugged into them. */
import type { CableLayer } from '../vocabulary/layers.ts';

export type CableName = { readonly layer: CableLayer; readonly id: number };

export type Fiber = {
  readonly cable: CableName;
  /** From 1. */
  readonly number: number;
};

export type Cable = CableName & {
  /** Metres of glass: along the ground and in slacks. `undefined`: nobody knows. */
  readonly lengthM: number | undefined;
  /** dB/km, where the cable says; it holds for every wavelength then. */
  readonly attenuation: number | undefined;
};

export type Splice = {
  readonly id: number;
  readonly a: Fiber;
  readonly b: Fiber;
  /** dB; `undefined`: it was not measured. */
  readonly lossDb: number | undefined;
  readonly status: string;
};

/** A port of an element: behind it a fibre, before it a jumper to another port; either may be missing. */
export type Patch = {
  readonly id: number;
  readonly element: number;
  readonly port: number;
  readonly fiber: Fiber | undefined;
  /** The patch at the other end of a jumper. One of both says so, or both. */
  readonly connectedTo: number | undefined;
  readonly status: string;
};

/** An element that divides light: what comes in at port 0 goes out at all others, and what comes in at one of those only at port 0. */
export type Splitter = {
  readonly element: number;
  /** Of 1:8 there are eight. */
  readonly outputs: number;
};

export const splitterInput = 0;

/** As it is read, in any order. */
export type NetworkRows = {
  readonly cables: readonly Cable[];
  readonly splices: readonly Splice[];
  readonly patches: readonly Patch[];
  readonly splitters: readonly Splitter[];
};

/** What is at an end of a fibre. */
export type Joint =
  | { readonly kind: 'splice'; readonly splice: Splice }
  | { readonly kind: 'patch'; readonly patch: Patch };

export type Network = {
  /** `undefined`: something names it, and it is not there. */
  cable(name: CableName): Cable | undefined;
  /** Those of a cable's fibres that anything is joined to, in order. */
  joinedFibers(name: CableName): readonly number[];
  /** By id, splices first. Of a sound network there are two at most, one for each end. */
  jointsOf(fiber: Fiber): readonly Joint[];
  /** The one with the lowest id, where several claim the port. */
  patchAt(element: number, port: number): Patch | undefined;
  /** By port. */
  patchesOf(element: number): readonly Patch[];
  /** At the other ends of jumpers. Of a sound network there is one at most. */
  jumpersOf(patch: Patch): readonly Patch[];
  splitter(element: number): Splitter | undefined;
};

export const cableKey = ({ layer, id }: CableName): string => `${layer}/${id}`;
export const fiberKey = ({ cable, number }: Fiber): string => `${cableKey(cable)}/${number}`;

/** Finds everything in one step, whatever the network's size. */
export const networkOf = ({ cables, splices, patches, splitters }: NetworkRows): Network => {
  const cableBy = new Map(cables.map((cable) => [cableKey(cable), cable]));
  const patchBy = new Map(patches.map((patch) => [patch.id, patch]));
  const splitterBy = new Map(splitters.map((splitter) => [splitter.element, splitter]));
  const joints = new Map<string, Joint[]>();
  const joined = new Map<string, Set<number>>();
  const join = (fiber: Fiber, joint: Joint): void => {
    add(joints, fiberKey(fiber), joint);
    const key = cableKey(fiber.cable);
    const numbers = joined.get(key) ?? new Set();
    joined.set(key, numbers.add(fiber.number));
  };
  for (const splice of splices.toSorted(byId)) {
    const joint = { kind: 'splice', splice } as const;
    join(splice.a, joint);
    if (fiberKey(splice.a) !== fiberKey(splice.b)) join(splice.b, joint);
  }
  const ofElement = new Map<number, Patch[]>();
  const jumpers = new Map<number, Patch[]>();
  for (const patch of patches.toSorted(byId)) {
    if (patch.fiber !== undefined) join(patch.fiber, { kind: 'patch', patch });
    add(ofElement, patch.element, patch);
    const other = patch.connectedTo === undefined ? undefined : patchBy.get(patch.connectedTo);
    if (other === undefined || other.id === patch.id) continue;
    addOnce(jumpers, patch.id, other);
    addOnce(jumpers, other.id, patch);
  }
  for (const ports of ofElement.values()) ports.sort((one, other) => one.port - other.port || byId(one, other));
  return {
    cable: (name) => cableBy.get(cableKey(name)),
    joinedFibers: (name) => [...(joined.get(cableKey(name)) ?? [])].toSorted((one, other) => one - other),
    jointsOf: (fiber) => joints.get(fiberKey(fiber)) ?? [],
    patchAt: (element, port) => ofElement.get(element)?.find((patch) => patch.port === port),
    patchesOf: (element) => ofElement.get(element) ?? [],
    jumpersOf: ({ id }) => jumpers.get(id) ?? [],
    splitter: (element) => splitterBy.get(element),
  };
};

const byId = (one: { readonly id: number }, other: { readonly id: number }): number => one.id - other.id;

const add = <K, V>(to: Map<K, V[]>, key: K, value: V): void => {
  const there = to.get(key);
  if (there === undefined) to.set(key, [value]);
  else there.push(value);
};

const addOnce = (to: Map<number, Patch[]>, key: number, patch: Patch): void => {
  if (to.get(key)?.some(({ id }) => id === patch.id) !== true) add(to, key, patch);
};
