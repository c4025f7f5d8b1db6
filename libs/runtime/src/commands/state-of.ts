import type { Decider, StreamId } from '@plenum/event';
import { decryptEvents, type PersonalParts } from '../persons/personal-events.ts';
import type { EventStore, LoadedStream } from './event-store.ts';

export type StreamState<State> = {
  readonly state: State;
  readonly version: number;
  readonly organisation: string | undefined;
};

/**
 * What a stream's events come to, the version of the last of them (0: there is no such stream), and whose it is. With
 * `personal` what names a person is text where it can be read.
 * @throws TransientFailure; an error when an event cannot be read.
 */
export const stateOf = async <State, Data>(
  store: Pick<EventStore, 'load'>,
  decider: Pick<Decider<State, Data>, 'initial' | 'evolve'>,
  stream: StreamId,
  personal?: PersonalParts,
): Promise<StreamState<State>> => stateFrom(store, decider, { stream, loaded: await store.load(stream), personal });

export type BeginLoaded = {
  readonly stream: StreamId;
  /** What it begins with. */
  readonly loaded: LoadedStream;
  readonly personal?: PersonalParts | undefined;
};

/** The same of a stream whose first events are there already. */
export const stateFrom = async <State, Data>(
  store: Pick<EventStore, 'load'>,
  { initial, evolve }: Pick<Decider<State, Data>, 'initial' | 'evolve'>,
  { stream, loaded: begin, personal }: BeginLoaded,
): Promise<StreamState<State>> => {
  let state = initial;
  let loaded = begin;
  for (let version = 0; ; loaded = await store.load(stream, version)) {
    const events = personal === undefined ? loaded.events : await decryptEvents(loaded.events, personal);
    state = events.reduce(evolve, state);
    version += loaded.events.length;
    if (version >= loaded.version) return { state, version, organisation: loaded.organisation };
    if (loaded.events.length === 0) throw new Error(`${stream} is at version ${loaded.version} and ends at ${version}`);
  }
};
