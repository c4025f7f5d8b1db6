/** Choices from a seed, as schedules make them. */
import { seededNumbers } from '@plenum/simulation';
import type { Chance } from './simulated-nodes.ts';

export const seededChance = (seed: number): Chance => {
  const next = seededNumbers(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, below, happens: (share) => next() < share, pick: (from) => from[below(from.length)] ?? from[0] };
};
