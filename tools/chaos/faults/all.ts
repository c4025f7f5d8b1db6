/** Everything that can happen, and in which round what does. */
import { seededNumbers } from '@plenum/simulation';
import { shuffled } from '../numbers.ts';
import { databaseFaults } from './database.ts';
import type { Fault } from './fault.ts';
import { kafkaFaults } from './kafka.ts';
import { keptFilesFaults } from './kept-files.ts';
import { mosquittoFaults } from './mosquitto.ts';
import { networkFaults } from './network.ts';
import { programFaults } from './programs.ts';

export const faults: readonly Fault[] = [
  ...programFaults,
  ...databaseFaults,
  ...networkFaults,
  ...kafkaFaults,
  ...mosquittoFaults,
  ...keptFilesFaults,
];

/**
 * What happens in a round: like a deck of cards that is shuffled anew when all are dealt, so that every kind comes
 * equally often. It depends on seed and round alone, so that a round can be had again by itself.
 * @param round from 1.
 */
export const faultOf = (possible: readonly Fault[], seed: number, round: number): Fault => {
  const deck = Math.floor((round - 1) / possible.length);
  const dealt = shuffled(seededNumbers(seed * 1_000 + deck), possible)[(round - 1) % possible.length];
  if (dealt === undefined) throw new Error('nothing can happen here');
  return dealt;
};
