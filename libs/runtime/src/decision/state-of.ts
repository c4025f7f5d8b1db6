import type { Decider } from '@plenum/event';
import type { EventStore, StreamId } from './event-store.ts';

/**
 * What a stream's facts come to, and the version of the last of them (0: there is no such stream).
 * @throws TransientFailure; an error when a fact cannot be read.
 */
export const stateOf = async <State, Command>(
  store: Pick<EventStore, 'load'>,
  { initial, evolve }: Pick<Decider<State, Command>, 'initial' | 'evolve'>,
  stream: StreamId,
): Promise<{ readonly state: State; readonly version: number }> => {
  let state = initial;
  for (let version = 0; ; ) {
    const loaded = await store.load(stream, version);
    state = loaded.events.reduce(evolve, state);
    version += loaded.events.length;
    if (version >= loaded.version) return { state, version };
    if (loaded.events.length === 0) throw new Error(`${stream} is at version ${loaded.version} and ends at ${version}`);
  }
};
