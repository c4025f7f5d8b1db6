/** Everything that can happen, and in which round what does. */
import { seededNumbers } from '@plenum/simulation';
import { shuffled } from '../numbers.ts';
import { databaseMishaps } from './database.ts';
import { kafkaMishaps } from './kafka.ts';
import type { Mishap } from './mishap.ts';
import { mosquittoMishaps } from './mosquitto.ts';
import { networkMishaps } from './network.ts';
import { programMishaps } from './programs.ts';

export const mishaps: readonly Mishap[] = [
  ...programMishaps,
  ...databaseMishaps,
  ...networkMishaps,
  ...kafkaMishaps,
  ...mosquittoMishaps,
];

/**
 * What happens in a round: like a deck of cards that is shuffled anew when all are dealt, so that every kind comes
 * equally often. It depends on seed and round alone, so that a round can be had again by itself.
 * @param round from 1.
 */
export const mishapOf = (possible: readonly Mishap[], seed: number, round: number): Mishap => {
  const deck = Math.floor((round - 1) / possible.length);
  const dealt = shuffled(seededNumbers(seed * 1_000 + deck), possible)[(round - 1) % possible.length];
  if (dealt === undefined) throw new Error('nothing can happen here');
  return dealt;
};
