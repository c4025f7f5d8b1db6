/** Events as the event store would have recorded them, for specs of what is made of them. */
import { type DecidedEvent, type Decider, defaultOrganisation, type Event, type NewEvent } from '@plenum/event';
import type { Recorded } from '../recorded.ts';

/** A stream's events, numbered; the time of each is its version in seconds. */
export const eventsOf = (stream: string, events: readonly NewEvent[]): readonly DecidedEvent[] =>
  events.map(({ type, data }, index) => ({
    id: `00000000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
    type,
    source: stream,
    effectiveTimeUs: (index + 1) * 1_000_000,
    recordedTimeUs: (index + 1) * 1_000_000,
    data,
    decision: {
      ...{ stream, version: index + 1, organisation: defaultOrganisation },
      commandId: `${stream} ${index + 1}`,
    },
  }));

/** What these commands come to, one after another; those that are refused come to nothing. */
export const decidedOf = <State, Command>(
  { initial, decide, evolve }: Decider<State, Command>,
  commands: readonly Command[],
): { readonly events: readonly NewEvent[]; readonly state: State } => {
  const events: NewEvent[] = [];
  let state = initial;
  for (const command of commands) {
    const decided = decide(state, command);
    if (decided.outcome === 'refused') continue;
    events.push(...decided.events);
    state = decided.events.reduce(evolve, state);
  }
  return { events, state };
};

/** As read from one partition of the log. */
export const recorded = (events: readonly Event[]): readonly Recorded[] =>
  events.map((event, index) => ({ event, partition: 2, offset: BigInt(index) }));

/** What a relay may send: from time to time it begins again at a place that it has passed. */
export const sentAgain = (events: readonly Event[], turns: readonly (readonly [back: number, on: number])[]) => {
  const sent: Event[] = [];
  let at = 0;
  for (const [back, on] of [...turns, [0, events.length] as const]) {
    at = Math.max(0, at - back);
    sent.push(...events.slice(at, at + on));
    at = Math.min(events.length, at + on);
  }
  return sent;
};
