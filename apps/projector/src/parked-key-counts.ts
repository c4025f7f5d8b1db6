/** How many keys stand still, told beside the readiness of the projector. */
import type { Projection } from '@plenum/read-model';
import type { ReadModelStore } from '@plenum/runtime';

/** By projection, of those that have any. @throws TransientFailure. */
export const parkedKeyCounts = async (
  store: Pick<ReadModelStore, 'parkedKeys'>,
  projections: readonly Projection[],
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const projection of projections) {
    const { length } = await store.parkedKeys(projection);
    if (length > 0) counts[projection.name] = length;
  }
  return counts;
};
