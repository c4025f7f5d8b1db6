/** How a file appears: its bytes are written under an id, then its name is taken, which happens once or not at all. */
import { createHash, randomUUID } from 'node:crypto';
import { boundedContent, type PutOptions, type StoredFile } from '@plenum/runtime';
import type { Bucket } from './bucket.ts';
import type { Layout } from './layout.ts';
import { metadataFor } from './pointer.ts';
import { clearAway } from './sweep-unfinished.ts';
import type { Upload } from './uploads.ts';

export type Place = { readonly bucket: Bucket; readonly layout: Layout };

/** `taken` when the name was given before, be it while this was written. */
export const putFile = async (
  place: Place,
  name: string,
  content: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<StoredFile | 'taken'> => {
  const { bucket, layout } = place;
  options.stop?.throwIfAborted();
  const id = randomUUID();
  await bucket.put(layout.unfinishedKey(id), nothing, { metadata: { name } });
  try {
    const file = await write(place, id, { name, content: boundedContent(name, content, options), options });
    options.stop?.throwIfAborted();
    await bucket.putFirst(layout.keyOf(name), metadataFor({ file, content: id }));
    return (await clearAway(place, name, id)) === 'named' ? file : 'taken';
  } catch (error) {
    // What could not be cleared away is found by what is unfinished, later. What happened first is the reason.
    await clearAway(place, name, id).catch(() => undefined);
    options.stop?.throwIfAborted();
    throw error;
  }
};

const nothing = new Uint8Array();

type Writing = {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly options: PutOptions;
};

/** What fits in one part is written by one request, all else part by part. No more is held than a part. */
const write = async ({ bucket, layout }: Place, id: string, writing: Writing): Promise<StoredFile> => {
  const { name, content, options } = writing;
  const key = layout.contentKey(id);
  const stop = { stop: options.stop };
  const hash = createHash('sha256');
  let bytes = 0;
  let upload: Upload | undefined;
  let part: Uint8Array = nothing;
  for await (const full of partsOf(content, partBytes(options.bytesMax))) {
    if (bytes > 0) {
      upload ??= await bucket.beginUpload(key);
      await upload.add(part, stop);
    }
    part = full;
    hash.update(full);
    bytes += full.byteLength;
  }
  if (upload === undefined) await bucket.put(key, part, stop);
  else {
    await upload.add(part, stop);
    await upload.end();
  }
  return { name, bytes, digest: hash.digest('hex') };
};

/** An upload has 10,000 parts at most, of 5 MiB at least, but for the last. */
const partBytes = (bytesMax: number): number => Math.max(8_388_608, Math.ceil(bytesMax / 10_000));

/** Chunks put together. What was taken is copied, for who gave it may use the memory again. */
async function* partsOf(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  let chunks: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.byteLength; ) {
      const taken = new Uint8Array(chunk.subarray(at, at + size - held));
      chunks.push(taken);
      at += taken.byteLength;
      held += taken.byteLength;
      if (held < size) continue;
      yield Buffer.concat(chunks);
      chunks = [];
      held = 0;
    }
  }
  if (held > 0) yield Buffer.concat(chunks);
}
