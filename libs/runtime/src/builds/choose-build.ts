/** Which build of a projection a program is to make, out of those that there are. */
import { type Build, buildOf, type Projection } from '@plenum/read-model';
import type { KnownBuild, ReadModelStore } from '../read-model-store.ts';

/**
 * The build of this version that is active or under way, else the next generation of it; `undefined` when a higher version is
 * under way: beside it no other can be begun, and what is active may be kept.
 * @throws when a higher version is active: the program that has it is to run.
 */
export const buildToKeep = (projection: Projection, known: readonly KnownBuild[]): Build | undefined => {
  const [active, building] = [stateOf(projection, known, 'active'), stateOf(projection, known, 'building')];
  if (active !== undefined && active.version > projection.version) {
    throw new Error(
      `Projection ${projection.name} is at version ${active.version} here, and this program has version ` +
        `${projection.version}: run the program that has the later version`,
    );
  }
  if (building !== undefined && building.version > projection.version) return undefined;
  const own = [active, building].find((one) => one?.version === projection.version);
  return buildOf(projection, own?.generation ?? latest(projection, known) + 1);
};

/**
 * The build to make when the tables that queries see are to be built again: the one under way, else the next generation of
 * the version that is active.
 * @throws when this version is neither active nor under way.
 */
export const buildAgain = (projection: Projection, known: readonly KnownBuild[]): Build => {
  const [active, building] = [stateOf(projection, known, 'active'), stateOf(projection, known, 'building')];
  const wanted = building ?? active;
  if (wanted?.version !== projection.version) {
    const there = wanted === undefined ? 'was never projected here' : `is at version ${wanted.version} here`;
    throw new Error(`Projection ${projection.name} ${there}, and this program has version ${projection.version}`);
  }
  return buildOf(projection, building?.generation ?? latest(projection, known) + 1);
};

/** A known build with its declaration, if this program has it: that of its projection, or of a version before. */
export const declaredBuild = (projections: readonly Projection[], known: KnownBuild): Build | undefined => {
  let declared = projections.find(({ name }) => name === known.name);
  while (declared !== undefined && declared.version > known.version) declared = declared.before;
  return declared?.version === known.version ? buildOf(declared, known.generation) : undefined;
};

const stateOf = (
  { name }: Projection,
  known: readonly KnownBuild[],
  state: KnownBuild['state'],
): KnownBuild | undefined => known.find((one) => one.name === name && one.state === state);

const latest = ({ name, version }: Projection, known: readonly KnownBuild[]): number =>
  Math.max(0, ...known.filter((one) => one.name === name && one.version === version).map((one) => one.generation));

/** What queries see of every projection. @throws TransientFailure. */
export const activeBuilds = async (store: Pick<ReadModelStore, 'builds'>): Promise<readonly KnownBuild[]> =>
  (await store.builds()).filter(({ state }) => state === 'active');
