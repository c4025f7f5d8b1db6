/** Which builds a store in memory knows, and what may become of them. */
import { type Build, nameOfBuild } from '@plenum/read-model';
import { ConsumerGone } from '../consumer/checkpoint-store.ts';
import type { Activated, BuildId, BuildState, KnownBuild } from '../read-model-store.ts';

export const memoryBuilds = () => {
  const known = new Map<string, KnownBuild>();
  const set = ({ name, version, generation }: BuildId, state: KnownBuild['state']): void =>
    void known.set(nameOfBuild({ name, version, generation }), { name, version, generation, state });
  const of = ({ name }: BuildId, state: KnownBuild['state']): KnownBuild | undefined =>
    [...known.values()].find((one) => one.name === name && one.state === state);

  return {
    all: (): readonly KnownBuild[] => [...known.values()],
    /** @throws as `prepare` of a store. */
    enter: (build: Build): BuildState => {
      const state = known.get(nameOfBuild(build))?.state;
      if (state === 'active' || state === 'building') return state;
      const [active, building] = [of(build, 'active'), of(build, 'building')];
      if (state === undefined && active !== undefined && active.version > build.version)
        throw new Error(`${build.name} is at version ${active.version} already`);
      const isGivenOut = [...known.values()].some(
        ({ name, version, generation }) =>
          name === build.name && version === build.version && generation >= build.generation,
      );
      if (isGivenOut || (building !== undefined && building.version >= build.version)) throw new ConsumerGone(build);
      if (building !== undefined) set(building, 'retired');
      set(build, active === undefined ? 'active' : 'building');
      return active === undefined ? 'active' : 'building';
    },
    /** `hindrance` says why it may not take the place of the active one, if there is a reason. */
    activate: (build: Build, hindrance: (active: BuildId) => Exclude<Activated, 'active'> | undefined): Activated => {
      const state = known.get(nameOfBuild(build))?.state;
      if (state === 'active') return 'active';
      if (state !== 'building') throw new ConsumerGone(build);
      const active = of(build, 'active');
      const hindered = active === undefined ? undefined : hindrance(active);
      if (hindered !== undefined) return hindered;
      if (active !== undefined) set(active, 'retired');
      set(build, 'active');
      return 'active';
    },
    retire: (build: BuildId): void => {
      const state = known.get(nameOfBuild(build))?.state;
      if (state === 'active') throw new Error(`${nameOfBuild(build)} is what queries see: it cannot be given up`);
      if (state === 'building') set(build, 'retired');
    },
    drop: (build: BuildId): void => set(build, 'dropped'),
  };
};
