import type { ListedFile } from '@plenum/runtime';
import { pointerIn } from './pointer.ts';
import type { Place } from './put-file.ts';

/** So many names are asked at once how large their files are. */
const asked = 16;

/** Holds a page of keys. */
export async function* listFiles(
  { bucket, layout }: Place,
  prefix: string,
  after: string,
): AsyncGenerator<ListedFile, void> {
  const describe = async (key: string): Promise<ListedFile | undefined> => {
    const name = layout.nameIn(key);
    const metadata = name === undefined ? undefined : await bucket.metadataOf(key);
    // Removed since the page was read, it is no more.
    if (name === undefined || metadata === undefined) return undefined;
    const { file } = pointerIn(name, metadata);
    return { name, bytes: file.bytes };
  };
  for await (const page of bucket.list(layout.keyPrefix(prefix), after === '' ? undefined : layout.keyOf(after))) {
    for (let at = 0; at < page.length; at += asked) {
      const files = await Promise.all(page.slice(at, at + asked).map(({ key }) => describe(key)));
      for (const file of files) if (file !== undefined) yield file;
    }
  }
}
