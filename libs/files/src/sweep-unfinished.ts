/** Clears away what puts and removals left that died. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { unlessMissing } from './disk.ts';
import { unfinishedFolder } from './layout.ts';

/** Other processes may be writing there; what none of them touched for so long is nobody's. */
const lifeMs = 24 * 3_600_000;

export const sweepUnfinished = async (root: string): Promise<void> => {
  const folder = path.join(root, unfinishedFolder);
  for (const name of await readdir(folder)) {
    const left = path.join(folder, name);
    const touchedMs = await lastTouched(left);
    if (touchedMs < Date.now() - lifeMs) await rm(left, { recursive: true, force: true });
  }
};

const lastTouched = async (folder: string): Promise<number> => {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  const found = [folder, ...names.map((name) => path.join(folder, name))].map((one) => unlessMissing(stat(one)));
  return Math.max(...(await Promise.all(found)).map((one) => one?.mtimeMs ?? Date.now()));
};
