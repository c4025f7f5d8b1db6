/**
 * A decision: what a command comes to in the state that earlier decisions led to. Pure, so a rule can be tested with
 * words alone; who records the facts, under which version and when, is the business of the event store.
 */
import type { EventDefinition } from './define-event.ts';

/** What a decision makes. Its id, times, stream and version are given by whoever records it. */
export type NewFact<Data = unknown> = { readonly type: string; readonly data: Data };

/** A fact of a declared kind. */
export const fact = <Data>(definition: EventDefinition<Data>, data: Data): NewFact<Data> => ({
  type: definition.type,
  data,
});

/** Whether a fact (or an event) is of this kind, and then its data are known. */
export const isFact = <Data>(definition: EventDefinition<Data>, candidate: NewFact): candidate is NewFact<Data> =>
  candidate.type === definition.type;

/** Why a command changes nothing. `code` is stable and for programs, `reason` a sentence for people. */
export type Refused = {
  readonly outcome: 'refused';
  readonly code: 'invalid' | 'not-found' | 'exists' | 'not-now' | 'forbidden' | 'key-used';
  readonly reason: string;
};

/** No facts: what was asked for is so already. */
export type Decided = { readonly outcome: 'decided'; readonly facts: readonly NewFact[] } | Refused;

/** The rules of one kind of stream. */
export type Decider<State, Command> = {
  /** Before the first fact. */
  readonly initial: State;
  readonly decide: (state: State, command: Command) => Decided;
  /** Total: a fact it does not know changes nothing. */
  readonly evolve: (state: State, happened: NewFact) => State;
};

export const decided = (...facts: readonly NewFact[]): Decided => ({ outcome: 'decided', facts });
export const refused = (code: Refused['code'], reason: string): Refused => ({ outcome: 'refused', code, reason });
