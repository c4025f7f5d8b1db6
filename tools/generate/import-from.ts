import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A module of the tree at `root`, which need not be this one. `T` is what the caller knows that it exports. */
export const importFrom = async <T>(root: string, file: string): Promise<T> =>
  // The type check covers the module itself; that it is the one meant is what the path says.
  (await import(pathToFileURL(path.join(root, file)).href)) as T;
