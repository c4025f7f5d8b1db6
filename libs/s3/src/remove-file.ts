/** How a file disappears: its name first, then its bytes. */
import type { Place } from './put-file.ts';
import { clearAway } from './sweep-unfinished.ts';

export const removeFile = async ({ bucket, layout }: Place, name: string): Promise<void> => {
  const content = (await bucket.metadataOf(layout.keyOf(name)))?.content;
  if (content === undefined) return;
  await bucket.put(layout.unfinishedKey(content), new Uint8Array(), { metadata: { name } });
  await bucket.remove(layout.keyOf(name));
  await clearAway({ bucket, layout }, name, content);
};
