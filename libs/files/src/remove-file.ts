/** How a file disappears: renamed out of sight, which happens at once, then deleted. */
import { randomUUID } from 'node:crypto';
import { rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder, unlessMissing } from './disk.ts';
import { pathsOf, unfinishedFolder } from './layout.ts';

/** Folders that are empty then go with it. */
export const removeFile = async (root: string, name: string): Promise<void> => {
  const { entry } = pathsOf(root, name);
  const out = path.join(root, unfinishedFolder, randomUUID());
  const isGone = await unlessMissing(rename(entry, out).then(() => true));
  if (isGone === undefined) return;
  await unlessMissing(syncFolder(path.dirname(entry)));
  await rm(out, { recursive: true, force: true });
  for (let folder = path.dirname(entry); folder !== root; folder = path.dirname(folder)) {
    const isEmpty = await rmdir(folder).then(
      () => true,
      // Something else is in it, or somebody else removed it. Whatever it is, an empty folder does no harm.
      () => false,
    );
    if (!isEmpty) return;
  }
};
