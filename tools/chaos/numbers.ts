/** Choices from a sequence of seeded numbers. */
import type { Numbers } from '@plenum/simulation';

/** A whole number between two, both included. */
export const between = (numbers: Numbers, least: number, most: number): number =>
  least + Math.floor(numbers() * (most - least + 1));

/** @throws when there is nothing to choose from. */
export const oneOf = <T>(numbers: Numbers, items: readonly T[]): T => {
  if (items.length === 0) throw new Error('there is nothing to choose from');
  return items[between(numbers, 0, items.length - 1)] as T; // The index is inside.
};

/** The items in another order. */
export const shuffled = <T>(numbers: Numbers, items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, at: numbers() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
