/** The disk's answers, in the words of the ports. */
import { open } from 'node:fs/promises';
import { TransientFailure } from '@plenum/runtime';

/** No space, no quota, a disk that fails or is read-only, a share that is away, no more open files. */
const transient: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ESTALE', 'EMFILE', 'ENFILE']);

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const translateDiskError = (error: unknown): unknown =>
  error instanceof Error && transient.has(codeOf(error))
    ? new TransientFailure('disk', error.message, { cause: error })
    : error;

/** Answers `undefined` where there is nothing at a path. @throws everything else, translated. */
export const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    // ENOTDIR: a part of the path is a file.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw translateDiskError(error);
  }
};

/** What is in a folder survives the machine only when the folder itself was written. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
