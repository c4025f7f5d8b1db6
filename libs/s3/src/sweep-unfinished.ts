/** Ends what a put or a removal began: what a name points to stays, and what none does is deleted. */
import type { Bucket } from './bucket.ts';
import type { Layout } from './layout.ts';

type Place = { readonly bucket: Bucket; readonly layout: Layout };

/** Others may be at work; what is this old is nobody's. A put takes less than that. */
const lifeMs = 24 * 3_600_000;

/** Of processes that died. */
export const sweepUnfinished = async (place: Place, nowMs: number): Promise<void> => {
  const { bucket, layout } = place;
  for await (const page of bucket.list(layout.unfinishedPrefix)) {
    for (const { key, lastModifiedMs } of page) {
      if (lastModifiedMs > nowMs - lifeMs) continue;
      const name = (await bucket.metadataOf(key))?.name;
      // Somebody else cleared it away just now.
      if (name !== undefined) await clearAway(place, name, key.slice(layout.unfinishedPrefix.length));
    }
  }
};

/** `named` when the content is that of the name, and stays. */
export const clearAway = async ({ bucket, layout }: Place, name: string, id: string): Promise<'named' | 'deleted'> => {
  const isNamed = (await bucket.metadataOf(layout.keyOf(name)))?.content === id;
  if (!isNamed) {
    await bucket.abortUploads(layout.contentKey(id));
    await bucket.remove(layout.contentKey(id));
  }
  await bucket.remove(layout.unfinishedKey(id));
  return isNamed ? 'named' : 'deleted';
};
