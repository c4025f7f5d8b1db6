/** How a file appears: written and synced beside the others, then renamed, which happens whole or not at all. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { boundedContent, type PutOptions, type StoredFile } from '@plenum/runtime';
import { codeOf, syncFolder } from './disk.ts';
import { contentIn, digestLine, pathsOf, unfinishedFolder } from './layout.ts';

/** `taken` when the name was given before, be it while this was written. Rejects with the disk's own errors. */
export const putFile = async (
  root: string,
  name: string,
  content: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<StoredFile | 'taken'> => {
  const unfinished = path.join(root, unfinishedFolder, randomUUID());
  await mkdir(unfinished);
  try {
    const file = await write(unfinished, name, boundedContent(name, content, options));
    options.stop?.throwIfAborted();
    return (await appear(root, unfinished, name)) ? file : 'taken';
  } finally {
    // Gone already when it was renamed.
    await rm(unfinished, { recursive: true, force: true });
  }
};

const write = async (folder: string, name: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile> => {
  const paths = contentIn(folder, name);
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(paths.content, 'wx');
  try {
    for await (const chunk of content) {
      await handle.appendFile(chunk);
      hash.update(chunk);
      bytes += chunk.byteLength;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const digest = hash.digest('hex');
  const beside = await open(paths.digest, 'wx');
  try {
    await beside.appendFile(digestLine(digest, name));
    await beside.sync();
  } finally {
    await beside.close();
  }
  await syncFolder(folder);
  return { name, bytes, digest };
};

/** Whether it was the first of its name. A folder is not renamed over another that has something in it. */
const appear = async (root: string, unfinished: string, name: string): Promise<boolean> => {
  const { entry } = pathsOf(root, name);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(path.dirname(entry), { recursive: true });
      await rename(unfinished, entry);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
      // The last file in a folder above was removed just now, and the folder with it.
      if (code === 'ENOENT' && attempt < 100) continue;
      throw error;
    }
    await syncAbove(root, entry);
    return true;
  }
};

/** All folders down to the entry's, for somebody else may have made one of them just before and not have synced it yet. */
const syncAbove = async (root: string, entry: string): Promise<void> => {
  for (let folder = path.dirname(entry); ; folder = path.dirname(folder)) {
    await syncFolder(folder);
    if (folder === root) return;
  }
};
