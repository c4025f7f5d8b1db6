/** Hears of every commit of the projector in this process, so that nobody has to ask the database again and again. */
import { nameOfBuild, type Projection } from '@plenum/read-model';
import type { BuildId, Counters, Move, Position, ReadModelStore, TopicPartition } from '@plenum/runtime';

export type CommitWatch = {
  /** The store to project into. */
  readonly store: ReadModelStore;
  /** What the commits of this process added to what queries see, by projection name. */
  readonly counters: ReadonlyMap<string, Counters>;
  /** Settles when the projection has everything before the positions. @throws the reason of `stop` when it aborts first. */
  reached(projection: Projection, positions: readonly Position[], stop: AbortSignal): Promise<void>;
};

export const commitWatch = (inner: ReadModelStore): CommitWatch => {
  const next = new Map<string, bigint>();
  const counters = new Map<string, Counters>();
  const waiting = new Set<() => void>();
  const active = activeBuilds(() => {
    for (const look of waiting) look();
  });
  const note = (projection: BuildId, at: TopicPartition, position: bigint): void => {
    const place = placeOf(projection, at);
    if ((next.get(place) ?? -1n) < position) next.set(place, position);
    for (const look of waiting) look();
  };

  return {
    counters,
    store: {
      ...inner,
      ...active.seenBy(inner),
      position: async (projection, at) => {
        const position = await inner.position(projection, at);
        note(projection, at, position);
        return position;
      },
      transactTogether: async (projection, places, work) => {
        let moved: readonly Move[] = [];
        const result = await inner.transactTogether(projection, places, (tx) => {
          moved = []; // Whatever came before has been undone.
          const advance: typeof tx.advance = async (moves) => {
            await tx.advance(moves);
            moved = moves;
          };
          return work({ ...tx, advance });
        });
        // Only now is it committed.
        for (const { at, next: position, counters: added } of moved) {
          if (active.is(projection)) counters.set(projection.name, plus(counters.get(projection.name), added));
          note(projection, at, position);
        }
        return result;
      },
    },
    reached: (projection, positions, stop) =>
      new Promise((resolve, reject) => {
        const settle = (how: () => void): void => {
          waiting.delete(look);
          stop.removeEventListener('abort', giveUp);
          how();
        };
        const giveUp = (): void => settle(() => reject(stop.reason));
        const look = (): void => {
          // A partition that nothing was read from yet may still be empty.
          const seen = active.of(projection);
          const isIn = (at: Position): boolean =>
            at.next === 0n || (seen !== undefined && (next.get(placeOf(seen, at)) ?? 0n) >= at.next);
          if (positions.every(isIn)) settle(resolve);
        };
        if (stop.aborted) return reject(stop.reason);
        waiting.add(look);
        stop.addEventListener('abort', giveUp);
        look();
      }),
  };
};

/** Which builds queries see, as far as a store has said so. */
const activeBuilds = (changed: () => void) => {
  const byName = new Map<string, BuildId>();
  const is = (build: BuildId): boolean => {
    const seen = byName.get(build.name);
    return seen !== undefined && nameOfBuild(seen) === nameOfBuild(build);
  };
  const note = (build: BuildId): void => {
    if (is(build)) return;
    byName.set(build.name, build);
    changed();
  };
  const seenBy = (inner: ReadModelStore): Pick<ReadModelStore, 'builds' | 'prepare' | 'activate'> => ({
    builds: async () => {
      const builds = await inner.builds();
      for (const build of builds) if (build.state === 'active') note(build);
      return builds;
    },
    prepare: async (build, partitions) => {
      const state = await inner.prepare(build, partitions);
      if (state === 'active') note(build);
      return state;
    },
    activate: async (build, how) => {
      const activated = await inner.activate(build, how);
      if (activated === 'active') note(build);
      return activated;
    },
  });
  return { is, of: ({ name }: Pick<BuildId, 'name'>) => byName.get(name), seenBy };
};

const placeOf = (build: BuildId, { topic, partition }: TopicPartition): string =>
  `${nameOfBuild(build)} ${topic}/${partition}`;

const plus = (a: Counters | undefined, b: Counters): Counters => ({
  read: (a?.read ?? 0) + b.read,
  applied: (a?.applied ?? 0) + b.applied,
  duplicates: (a?.duplicates ?? 0) + b.duplicates,
  notForIt: (a?.notForIt ?? 0) + b.notForIt,
  parked: (a?.parked ?? 0) + b.parked,
});
