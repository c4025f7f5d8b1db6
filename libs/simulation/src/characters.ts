/** How simulated nodes take commands: each has a character of its own, from a seed. */
import { seededNumbers, shuffled } from './random.ts';

/**
 * - `prompt` executes and answers at once.
 * - `slow` says that it is at it, and needs a while.
 * - `silent` acknowledges and never answers, whether it executed or not.
 * - `twice` gives each answer two times.
 * - `failing` says that it could not, whether it executed or not.
 * - `dozing` is away when it is commanded and comes back in time; then it is prompt.
 * - `sleeping` comes back when it is too late.
 */
export type Character = 'prompt' | 'slow' | 'silent' | 'twice' | 'failing' | 'dozing' | 'sleeping';

/** Of every ten nodes. The first three are there also where nodes are few. */
const ofTen: readonly Character[] = [
  ...(['prompt', 'sleeping', 'silent', 'slow', 'twice'] as const),
  ...(['failing', 'dozing', 'prompt', 'prompt', 'prompt'] as const),
];

/** One for each node. Shares are exact in every ten nodes, and only their places are random. */
export const characters = (seed: number, nodes: number): readonly Character[] => {
  const numbers = seededNumbers(seed);
  const given: Character[] = [];
  while (given.length < nodes) given.push(...shuffled(numbers, ofTen.slice(0, nodes - given.length)));
  return given;
};

/** Of all nodes, each 0 to 1, together at most 1; the others are prompt. */
export type CharacterShares = Readonly<Partial<Record<Character, number>>>;

/**
 * One for each node. The nodes of the first characters, and so those of each, are their share of all nodes, rounded; only their
 * places are random.
 */
export const charactersOf = (seed: number, nodes: number, shares: CharacterShares): readonly Character[] => {
  const given: Character[] = [];
  let sum = 0;
  for (const [character, share] of Object.entries(shares) as [Character, number][]) {
    sum += share;
    while (given.length < Math.min(Math.round(sum * nodes), nodes)) given.push(character);
  }
  while (given.length < nodes) given.push('prompt');
  return shuffled(seededNumbers(seed), given);
};

/** Whether it is connected when commands are asked for. */
export const isAwake = (character: Character): boolean => character !== 'dozing' && character !== 'sleeping';
