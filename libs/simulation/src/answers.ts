/** What a simulated node does with a command, and when: the same for the same seed and command. */
import type { Character } from './characters.ts';
import { below, seededNumbers } from './random.ts';

export type CommandStep =
  /** It does what it is asked to. */
  | { readonly afterMs: number; readonly does: 'execute' }
  /** It publishes an answer; the same `times` over, byte for byte. */
  | { readonly afterMs: number; readonly does: 'answer'; readonly answer: NodeAnswer; readonly times: number };

export type NodeAnswer = {
  readonly outcome: 'executing' | 'succeeded' | 'failed';
  readonly detail?: string;
};

export type CommandTaken = {
  readonly seed: number;
  readonly character: Character;
  readonly commandId: string;
  /** By the node's own clock. */
  readonly isExpired: boolean;
};

const slowMs = { min: 100, max: 600 } as const;

/**
 * What comes of a command that the node did not have before, in order. One that comes again is answered as it was before, and not
 * executed: that is for who keeps what was answered.
 */
export const stepsOf = ({ seed, character, commandId, isExpired }: CommandTaken): readonly CommandStep[] => {
  if (isExpired) return [answer(0, { outcome: 'failed', detail: 'It had expired.' })];
  const numbers = seededNumbers(seed ^ numberIn(commandId));
  const execute = (afterMs: number): CommandStep => ({ afterMs, does: 'execute' });
  const perhaps = numbers() < 0.5 ? [execute(0)] : [];
  switch (character) {
    case 'silent':
      return perhaps;
    case 'failing':
      return [...perhaps, answer(0, { outcome: 'failed', detail: 'It broke on the way.' })];
    case 'slow': {
      const afterMs = slowMs.min + below(numbers, slowMs.max - slowMs.min);
      return [answer(0, { outcome: 'executing' }), execute(afterMs), answer(afterMs, { outcome: 'succeeded' })];
    }
    default:
      return [execute(0), answer(0, { outcome: 'succeeded' }, character === 'twice' ? 2 : 1)];
  }
};

const answer = (afterMs: number, said: NodeAnswer, times = 1): CommandStep => ({
  ...{ afterMs, does: 'answer', answer: said, times },
});

/** FNV-1a: any text has one. */
const numberIn = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
};
