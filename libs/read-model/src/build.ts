import type { Projection } from './projection.ts';

/**
 * One making of a projection's tables from the start of the log. A version has more than one when it is built again beside
 * the tables that queries see; generations of a version are counted from 1, and no number is given twice.
 */
export type Build = Projection & { readonly generation: number };

export const buildOf = (projection: Projection, generation = 1): Build => ({ ...projection, generation });

/** `readings_v1_g1`: tells builds apart wherever they have names. */
export const nameOfBuild = ({ name, version, generation }: Pick<Build, 'name' | 'version' | 'generation'>): string =>
  `${name}_v${version}_g${generation}`;
