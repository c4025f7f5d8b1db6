/** An ingest loop for bare sides: it acknowledges at once and keeps nothing. */
import type { Ingest, Settled } from '@plenum/runtime';

export type KeepsNothingParts = {
  readonly look: (topic: string, payload: Uint8Array) => number;
  /** Hears how many messages have been answered, turn by turn. */
  readonly answered: (messages: number) => void;
};

/** Answers at the end of the turn, since `offer` is never answered from inside. */
export const keepsNothing = ({ look, answered }: KeepsNothingParts): Ingest => {
  let waiting: Settled[] = [];
  const answer = (): void => {
    const due = waiting;
    waiting = [];
    for (const settled of due) settled('safe');
    answered(due.length);
  };
  const nobodyAsks = (): never => {
    throw new Error('this keeps nothing and counts nothing');
  };
  return {
    received: () => undefined,
    offer: ({ topic, payload }, settled) => {
      look(topic, payload);
      if (waiting.length === 0) setImmediate(answer);
      waiting.push(settled);
      return true;
    },
    hasCapacity: () => true,
    onCapacity: () => undefined,
    postpone: () => false,
    readOn: () => undefined,
    drop: () => undefined,
    forget: () => undefined,
    state: () => 'flowing',
    balance: nobodyAsks,
    load: nobodyAsks,
    drain: async () => answer(),
    finished: new Promise(() => undefined),
  };
};
