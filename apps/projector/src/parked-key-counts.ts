/** How many keys stand still, told beside the readiness of the projector. */
import type { ReadModelSet } from '@plenum/read-model';
import type { ReadModelStore } from '@plenum/runtime';

/** By set, of those that have any. @throws Weather. */
export const parkedKeyCounts = async (
  store: Pick<ReadModelStore, 'parkedKeys'>,
  sets: readonly ReadModelSet[],
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const set of sets) {
    const { length } = await store.parkedKeys(set);
    if (length > 0) counts[set.name] = length;
  }
  return counts;
};
