/**
 * Messages that are good but odd, to a running bridge. It has to acknowledge all of them, and whatever was acknowledged has to
 * be usable: at the end of the run nothing is parked, and every table is the fold of the log.
 */
import { seededNumbers } from '@plenum/simulation';
import type { FuzzTarget } from '../target.ts';
import { awkwardMessage } from './awkward-message.ts';
import type { Message } from './message.ts';
import { publish } from './publish.ts';

export type UsableAsked = { readonly port: number; readonly inputs: number; readonly seed: number };

export const fuzzUsable = async (
  { port, inputs, seed }: UsableAsked,
  { progress, failed, stop }: FuzzTarget,
): Promise<void> => {
  try {
    await publish({ port, messages: awkwardMessages(inputs, seed), stop, acknowledged: progress });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    failed({ target: 'usable', problem, input: { seed, inputs } });
  }
};

function* awkwardMessages(inputs: number, seed: number): Generator<Message> {
  const numbers = seededNumbers(seed);
  for (let n = 0; n < inputs; n += 1) yield awkwardMessage(numbers);
}
