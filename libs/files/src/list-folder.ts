import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ListedFile } from '@plenum/runtime';
import { unlessMissing } from './disk.ts';
import { listedAs, pathsOf, unfinishedFolder } from './layout.ts';

/** Holds the names of one folder at each depth, however many files there are. */
export async function* listFolder(root: string, prefix: string, after: string): AsyncGenerator<ListedFile, void> {
  yield* listWithin({ root, prefix, after }, prefix.slice(0, prefix.lastIndexOf('/') + 1));
}

type Listing = { readonly root: string; readonly prefix: string; readonly after: string };

/** `folder` is empty or ends with a slash. */
async function* listWithin(listing: Listing, folder: string): AsyncGenerator<ListedFile, void> {
  const { root, prefix, after } = listing;
  const entries = (await unlessMissing(readdir(path.join(root, folder)))) ?? [];
  // A folder sorts by its name with the slash, and so do all names in it against all that are not.
  const sorted = entries
    .filter((entry) => entry !== unfinishedFolder)
    .map(listedAs)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const { kind, name: last } of sorted) {
    const name = folder + last;
    if (kind === 'folder') {
      if (name.startsWith(prefix) && mayHaveAfter(name, after)) yield* listWithin(listing, name);
    } else if (name.startsWith(prefix) && name > after) {
      // Removed since the folder was read, it is no more.
      const content = await unlessMissing(stat(pathsOf(root, name).content));
      if (content !== undefined) yield { name, bytes: content.size };
    }
  }
}

const mayHaveAfter = (folder: string, after: string): boolean => folder > after || after.startsWith(folder);
