import type { Shape } from './drawing.ts';

/** How many shapes of each kind there are on each layer, by names in their order. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const countsOf = (shapes: Iterable<Shape>): Counts => {
  const counts = new Map<string, Map<string, number>>();
  for (const { layer, kind } of shapes) {
    const onLayer = counts.get(layer) ?? new Map<string, number>();
    counts.set(layer, onLayer.set(kind, (onLayer.get(kind) ?? 0) + 1));
  }
  return sorted(counts, (onLayer) => sorted(onLayer, (count) => count));
};

const sorted = <From, To>(entries: ReadonlyMap<string, From>, show: (value: From) => To): Record<string, To> =>
  Object.fromEntries(
    [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => [key, show(value)]),
  );
