/** Names that streams hold alone: what a decision changes about them, and what they are after all decisions. */
import { hash } from 'node:crypto';
import type { Decider, Event, ReservingStreams, StreamId } from '@plenum/event';
import { kindOf } from '@plenum/event';
import type { Reservation, ReservationChange } from './event-store.ts';

/** The names that a stream in this state holds, as they are kept: what names a person is kept as a hash. */
export const reservedNames = <State>(
  { reserves, hashesNames = false }: Pick<Decider<State, never>, 'reserves' | 'hashesNames'>,
  state: State,
): readonly string[] => {
  const names = reserves?.(state) ?? [];
  return hashesNames ? names.map(hashedName) : names;
};

/** `login:ana` as `login:` and 32 hexadecimal digits. */
const hashedName = (name: string): string => {
  const start = name.indexOf(':') + 1;
  return `${name.slice(0, start)}${hash('sha256', name.slice(start)).slice(0, 32)}`;
};

/** What one stream holds before and after a decision. */
export type Held = {
  readonly stream: StreamId;
  readonly before: readonly string[];
  readonly after: readonly string[];
};

export type Changes =
  | { readonly outcome: 'changes'; readonly changes: readonly ReservationChange[] }
  /** Two streams of one decision want this name; the second of them. */
  | { readonly outcome: 'twice'; readonly name: string; readonly stream: StreamId };

/** The names that change hands when all of these streams are decided together. */
export const reservationChanges = (held: readonly Held[]): Changes => {
  const changes = new Map<string, { from: StreamId | undefined; to: StreamId | undefined }>();
  const changeOf = (name: string) => changes.getOrInsertComputed(name, () => ({ from: undefined, to: undefined }));
  for (const { stream, before, after } of held) {
    for (const name of new Set(before).difference(new Set(after))) changeOf(name).from = stream;
    for (const name of new Set(after).difference(new Set(before))) {
      const change = changeOf(name);
      if (change.to !== undefined) return { outcome: 'twice', name, stream };
      change.to = stream;
    }
  }
  return { outcome: 'changes', changes: [...changes].map(([name, change]) => ({ name, ...change })) };
};

/** Folds events, each stream's in order, some of them twice, into the names that the streams hold in the end. */
export type ReservationFold = {
  add(event: Event): void;
  held(): HeldInTheEnd;
};

export type HeldInTheEnd = {
  readonly reservations: readonly Reservation[];
  /**
   * Streams that would hold a name which another took later. There are none unless something was lost that had been decided
   * before that: the name is the later one's.
   */
  readonly contested: readonly StreamId[];
};

type Folded = { state: unknown; version: number; names: ReadonlyMap<string, number> };

/** Keeps the state of every stream that may hold a name. */
export const reservationFold = (kinds: readonly ReservingStreams[]): ReservationFold => {
  const deciders = new Map(kinds.map(({ kind, decider }) => [kind, decider]));
  const streams = new Map<StreamId, Folded>();
  return {
    add: (event) => {
      const { stream = '', version = 0 } = event.decision ?? {};
      const decider = deciders.get(kindOf(stream));
      if (decider === undefined) return;
      const folded = streams.getOrInsertComputed(stream, () => ({
        ...{ state: decider.initial, version: 0, names: new Map() },
      }));
      if (version <= folded.version) return;
      const state = decider.evolve(folded.state, event);
      const names = new Map(
        reservedNames(decider, state).map((name) => [name, folded.names.get(name) ?? event.recordedTimeUs]),
      );
      streams.set(stream, { state, version, names });
    },
    held: () => {
      const all = [...streams].flatMap(([stream, { names }]) =>
        [...names].map(([name, sinceUs]) => ({ name, stream, sinceUs })),
      );
      all.sort((a, b) => a.sinceUs - b.sinceUs || (a.stream < b.stream ? -1 : 1));
      const holders = new Map<string, StreamId>();
      const contested = new Set<StreamId>();
      for (const { name, stream } of all) {
        const former = holders.get(name);
        if (former !== undefined) contested.add(former);
        holders.set(name, stream);
      }
      const reservations = [...holders].map(([name, stream]) => ({ name, stream }));
      return { reservations, contested: [...contested].sort() };
    },
  };
};
