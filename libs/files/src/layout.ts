/**
 * What the folder looks like. The file `exports/a.dxf` is a folder of its own, which appears by being renamed:
 *
 *     exports/a.dxf@/a.dxf            its bytes
 *     exports/a.dxf@/a.dxf.sha256     their digest, as sha256sum writes and checks it
 *     @unfinished/…                   what is being put or removed, or was when a process died
 *
 * No name has an `@`, so a file and a folder of one name do not meet.
 */
import path from 'node:path';

const mark = '@';

export const unfinishedFolder = `${mark}unfinished`;

/** The paths of a file in the folder `root`. Its name was checked. */
export const pathsOf = (root: string, name: string) => {
  const entry = `${path.join(root, name)}${mark}`;
  return { entry, ...contentIn(entry, name) };
};

/** Content and digest within `entry`, which may still have another path. */
export const contentIn = (entry: string, name: string) => {
  const content = path.join(entry, path.basename(name));
  return { content, digest: `${content}.sha256` };
};

export const digestLine = (digest: string, name: string): string => `${digest}  ${path.basename(name)}\n`;

/** @throws when it is not what `digestLine` writes. */
export const digestIn = (line: string, name: string): string => {
  const digest = line.slice(0, 64);
  if (line !== digestLine(digest, name)) throw new Error(`The digest of ${name} is not readable`);
  return digest;
};

/** What an entry of a folder is by its name on the disk: texts that sort as the names of files do. */
export const listedAs = (entry: string): { readonly kind: 'file' | 'folder'; readonly name: string } =>
  entry.endsWith(mark) ? { kind: 'file', name: entry.slice(0, -mark.length) } : { kind: 'folder', name: `${entry}/` };
