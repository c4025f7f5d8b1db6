/**
 * A decision: what a command comes to in the state that earlier decisions led to. Pure, so a rule can be tested with
 * words alone; who records the events, under which version and when, is the business of the event store.
 */
import type { EventDefinition } from './define-event.ts';

/** What a decision makes. Its id, times, stream and version are given by the code that records it. */
export type NewEvent<Data = unknown> = { readonly type: string; readonly data: Data };

/** An event of a declared kind. */
export const newEvent = <Data>(definition: EventDefinition<Data>, data: Data): NewEvent<Data> => ({
  type: definition.type,
  data,
});

/** Whether an event, new or recorded, is of this kind, and then its data are known. */
export const isEvent = <Data>(definition: EventDefinition<Data>, candidate: NewEvent): candidate is NewEvent<Data> =>
  candidate.type === definition.type;

/** Why a command changes nothing. `code` is stable and for programs, `reason` a sentence for people. */
export type Refused = {
  readonly outcome: 'refused';
  readonly code: 'invalid' | 'not-found' | 'exists' | 'not-now' | 'forbidden' | 'key-used';
  readonly reason: string;
  /** Of `invalid`: everything that is wrong with what was asked, where rules look at several values. */
  readonly faults?: readonly Fault[];
};

/** What is wrong with one value of a command. */
export type Fault = {
  /** Which, as clients call it: a path such as `dimensions/length_mm`. */
  readonly field: string;
  /** What it has to be, such as `must be 100 to 50000 mm`. */
  readonly detail: string;
};

/** No events: what was asked for is so already. */
export type Decided = { readonly outcome: 'decided'; readonly events: readonly NewEvent[] } | Refused;

/** The rules of one kind of stream. */
export type Decider<State, Data> = {
  /** Before the first event. */
  readonly initial: State;
  readonly decide: (state: State, data: Data) => Decided;
  /** Total: an event it does not know changes nothing. */
  readonly evolve: (state: State, happened: NewEvent) => State;
  /**
   * Names that a stream in this state holds alone, such as `login:ana`, of all streams of all kinds. They are taken and
   * given back in the transaction of the decision; a command that needs one that another stream holds is refused.
   */
  readonly reserves?: (state: State) => readonly string[];
  /** Whether those names say who somebody is: then only a hash of each is kept, of what follows the first colon. */
  readonly hashesNames?: boolean;
  /** What such a refusal says, a sentence for people. */
  readonly reservedReason?: string;
  /** Whether what it is about is the installation's, as nodes are: then everybody decides about it who has the permission. */
  readonly ofInstallation?: true;
};

/** Streams of one kind that hold names alone: what `rebuild-decisions` needs to find out which. */
export type ReservingStreams = {
  readonly kind: string;
  readonly decider: Pick<Decider<unknown, unknown>, 'initial' | 'evolve' | 'reserves' | 'hashesNames'>;
};

export const reservingStreams = <State, Data>(kind: string, decider: Decider<State, Data>): ReservingStreams => ({
  kind,
  // Erasure: its functions are only ever given states that it made.
  decider: decider as unknown as Decider<unknown, unknown>,
});

export const decided = (...events: readonly NewEvent[]): Decided => ({ outcome: 'decided', events });
export const refused = (code: Refused['code'], reason: string): Refused => ({ outcome: 'refused', code, reason });

/** Refused for all of these at once. */
export const faulty = (faults: readonly [Fault, ...Fault[]]): Refused => ({
  ...refused('invalid', `${faults.map(({ field, detail }) => `${field} ${detail}`).join('; ')}.`),
  faults,
});
