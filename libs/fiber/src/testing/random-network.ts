/** Networks by chance, from a seed: sound ones, in which no fibre has more than two joints and no port more than one jumper. */
import type { Cable, Fiber, NetworkRows, Patch, Splice, Splitter } from '../network/network.ts';

/** A number from 0 up to `below`, by chance. */
type Chance = (below: number) => number;

/** Up to five cables of up to four fibres; loops, jumpers, splitters and ends that are joined to nothing are all to be expected. */
export const randomNetwork = (seed: number): NetworkRows => {
  const chance = chanceOf(seed);
  const cables = Array.from({ length: 1 + chance(5) }, (_, index) => cableOf(chance, index + 1));
  const ends = shuffled(
    chance,
    cables.flatMap(({ layer, id }) =>
      Array.from({ length: 1 + chance(4) }, (_, index) => ({ cable: { layer, id }, number: index + 1 })).flatMap(
        (fiber): readonly Fiber[] => [fiber, fiber],
      ),
    ),
  );
  const splices = splicesOf(chance, ends);
  const splitters = Array.from({ length: chance(3) }, (_, index) => ({ element: index + 1, outputs: 2 + chance(3) }));
  return { cables, splices, splitters, patches: jumpered(chance, patchesOf(chance, ends, splitters), splitters) };
};

const cableOf = (chance: Chance, id: number): Cable => ({
  layer: chance(2) === 0 ? 'underground_cable' : 'aerial_cable',
  id,
  lengthM: chance(5) === 0 ? undefined : chance(5_000),
  attenuation: chance(3) === 0 ? 0.2 + chance(20) / 100 : undefined,
});

/** Takes the ends that it joins away. A fibre may meet itself: the network is none the worse for it. */
const splicesOf = (chance: Chance, ends: Fiber[]): readonly Splice[] =>
  Array.from({ length: chance(1 + Math.floor(ends.length / 2)) }, (_, index) => {
    const [a, b] = [ends.pop(), ends.pop()];
    if (a === undefined || b === undefined) throw new Error('there are two for each');
    return { id: index + 1, a, b, lossDb: chance(3) === 0 ? undefined : chance(30) / 100, status: 'spliced' };
  });

/** Some ports with fibres, some without; a splitter may lack any of its own. */
const patchesOf = (chance: Chance, ends: Fiber[], splitters: readonly Splitter[]): Patch[] => {
  const ports = [
    ...splitters.flatMap(({ element, outputs }) =>
      Array.from({ length: outputs + 1 }, (_, port) => ({ element, port })),
    ),
    ...Array.from({ length: 1 + chance(8) }, (_, index) => ({ element: 10 + chance(3), port: index + 1 })),
  ];
  return shuffled(chance, ports)
    .slice(0, Math.max(1, ports.length - chance(4)))
    .map(({ element, port }, index) => ({
      ...{ id: index + 1, element, port, connectedTo: undefined, status: 'free' },
      fiber: chance(3) === 0 ? undefined : ends.pop(),
    }));
};

/** One of two says that there is a jumper between them, or both do. */
const jumpered = (chance: Chance, patches: readonly Patch[], splitters: readonly Splitter[]): readonly Patch[] => {
  const isOfSplitter = ({ element }: Patch) => splitters.some((splitter) => splitter.element === element);
  const free = shuffled(
    chance,
    patches.filter((patch) => !isOfSplitter(patch) || patch.fiber === undefined),
  );
  const to = new Map<number, number>();
  for (let count = chance(1 + Math.floor(free.length / 2)); count > 0; count -= 1) {
    const [one, other] = [free.pop(), free.pop()];
    if (one === undefined || other === undefined) break;
    to.set(one.id, other.id);
    if (chance(2) === 0) to.set(other.id, one.id);
  }
  return patches.map((patch) => ({ ...patch, connectedTo: to.get(patch.id) }));
};

const shuffled = <T>(chance: Chance, all: readonly T[]): T[] =>
  all
    .map((one) => ({ one, at: chance(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);

/** Mulberry32: the same seed, the same numbers. */
const chanceOf = (seed: number): Chance => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
};
