/** Files in a folder of this machine, or of a share. Several processes may use it at once. */
import { mkdir, open, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type ByteRange,
  checkFileName,
  checkFilePrefix,
  FileGone,
  type Files,
  rangeWithin,
  type StoredFile,
} from '@plenum/runtime';
import { codeOf, translateDiskError, unlessMissing } from './disk.ts';
import { digestIn, pathsOf, unfinishedFolder } from './layout.ts';
import { listFolder } from './list-folder.ts';
import { putFile } from './put-file.ts';
import { removeFile } from './remove-file.ts';
import { sweepUnfinished } from './sweep-unfinished.ts';

export type LocalFilesSettings = {
  /** Made if it is missing. Nothing else may be kept in it. */
  readonly folder: string;
};

/** @see Files. What puts that died left a day ago or earlier is cleared away. */
export const openLocalFiles = async ({ folder }: LocalFilesSettings): Promise<Files> => {
  await mkdir(path.join(folder, unfinishedFolder), { recursive: true, mode: 0o700 }).catch(refuse);
  const root = await realpath(folder);
  await sweepUnfinished(root).catch(refuse);

  const describe = async (name: string): Promise<StoredFile | undefined> => {
    checkFileName(name);
    const paths = pathsOf(root, name);
    const line = await unlessMissing(readFile(paths.digest, 'utf8'));
    const content = line === undefined ? undefined : await unlessMissing(stat(paths.content));
    if (line === undefined || content === undefined) return undefined;
    return { name, bytes: content.size, digest: digestIn(line, name) };
  };

  return {
    describe,
    put: async (name, content, options) => {
      checkFileName(name);
      const put = await putFile(root, name, content, options).catch(refuse);
      if (put !== 'taken') return { ...put, isNew: true };
      const taken = await describe(name);
      // What took the name is gone by now, and so is `content`: only the caller has more of it.
      if (taken === undefined) throw new FileGone(name);
      return { ...taken, isNew: false };
    },
    get: async (name, asked) => {
      const file = await describe(name);
      if (file === undefined) return undefined;
      const range = rangeWithin(file.bytes, asked);
      return { file, range, content: readRange(pathsOf(root, name).content, file, range) };
    },
    list: (prefix, after = '') => {
      checkFilePrefix(prefix);
      return listFolder(root, prefix, after);
    },
    remove: async (name) => {
      checkFileName(name);
      await removeFile(root, name).catch(refuse);
    },
  };
};

const refuse = (error: unknown): never => {
  throw translateDiskError(error);
};

const chunkBytes = 65_536;

async function* readRange(
  content: string,
  { name }: StoredFile,
  { from, to }: ByteRange,
): AsyncGenerator<Uint8Array, void> {
  const handle = await open(content).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? new FileGone(name) : translateDiskError(error);
  });
  try {
    for (let at = from; at < to; ) {
      // A buffer for each chunk, for the reader may keep it.
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, to - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, at).catch(refuse);
      if (bytesRead === 0) throw new Error(`${name} ends before byte ${to}`);
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
