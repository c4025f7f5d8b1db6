/** Files in a bucket. Several processes may use it at once. */
import {
  type ByteRange,
  beforeDeadline,
  checkFileName,
  checkFilePrefix,
  FileGone,
  type Files,
  rangeWithin,
  TransientFailure,
} from '@plenum/runtime';
import { openBucket } from './bucket.ts';
import { layoutIn } from './layout.ts';
import { listFiles } from './list-files.ts';
import { type Pointer, pointerIn } from './pointer.ts';
import { type Place, putFile } from './put-file.ts';
import { removeFile } from './remove-file.ts';
import { translateS3Error } from './s3-errors.ts';
import type { S3FilesSettings } from './settings.ts';
import { sweepUnfinished } from './sweep-unfinished.ts';

/**
 * @see Files. What puts that died left a day ago or earlier is cleared away. While S3 is away they are open all the same: a
 * process that only hands files out has other things to do, and starts; what needs S3 says that it is away.
 * @throws the error of S3 when it has no such bucket, or refuses.
 */
export const openS3Files = async (settings: S3FilesSettings, nowMs = Date.now()): Promise<Files> => {
  const place = { bucket: openBucket(settings), layout: layoutIn(settings.prefix ?? '') };
  await sweptOrAway(place, nowMs);

  const find = async (name: string): Promise<Pointer | undefined> => {
    checkFileName(name);
    const metadata = await place.bucket.metadataOf(place.layout.keyOf(name));
    return metadata && pointerIn(name, metadata);
  };

  return {
    describe: async (name) => (await find(name))?.file,
    put: async (name, content, options) => {
      checkFileName(name);
      const put = await putFile(place, name, content, options);
      if (put !== 'taken') return { ...put, isNew: true };
      const taken = await find(name);
      // What took the name is gone by now, and so is `content`: only the caller has more of it.
      if (taken === undefined) throw new FileGone(name);
      return { ...taken.file, isNew: false };
    },
    get: async (name, asked) => {
      const found = await find(name);
      if (found === undefined) return undefined;
      const range = rangeWithin(found.file.bytes, asked);
      return { file: found.file, range, content: readRange(place, found, range) };
    },
    list: (prefix, after = '') => {
      checkFilePrefix(prefix);
      return listFiles(place, prefix, after);
    },
    remove: async (name) => {
      checkFileName(name);
      await removeFile(place, name);
    },
  };
};

/** Where it takes longer, or S3 is away, that is done at the next start. */
const sweptOrAway = (place: Place, nowMs: number): Promise<void> =>
  beforeDeadline(sweepUnfinished(place, nowMs), sweepMsMax).catch((error: unknown) => {
    if (!(error instanceof TransientFailure)) throw error;
  });

const sweepMsMax = 5_000;

async function* readRange(
  { bucket, layout }: Place,
  { file, content }: Pointer,
  { from, to }: ByteRange,
): AsyncGenerator<Uint8Array, void> {
  if (from === to) return;
  const body = await bucket.read(layout.contentKey(content), [from, to - 1]).catch((error: unknown) => {
    throw error instanceof FileGone ? new FileGone(file.name) : error;
  });
  let at = from;
  try {
    for await (const chunk of body) {
      yield chunk;
      at += chunk.byteLength;
    }
  } catch (error) {
    throw translateS3Error(error);
  }
  if (at !== to) throw new TransientFailure('s3', `${file.name} ended at byte ${at}, and not at ${to}`);
}
