/** Client programs that have to be compiled, once under `.cache/`. */
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

export const clientsCache = path.resolve(import.meta.dirname, '../../.cache/clients');

export type BuiltProgram =
  | { readonly built: string; readonly skip: false }
  /** Why there is none: a compiler or a library that this machine lacks, or what cannot be fetched. */
  | { readonly built: undefined; readonly skip: string };

/**
 * The folder that `build` has filled, keyed by what the sources say, so that a changed one is built anew. Built beside it and
 * moved at the end, so that one that is there is whole.
 */
export const builtProgram = async (
  name: string,
  sources: readonly string[],
  build: (folder: string) => Promise<unknown>,
): Promise<BuiltProgram> => {
  const texts = await Promise.all(sources.map((source) => readFile(source, 'utf8')));
  const built = path.join(clientsCache, `${name}-${hash('sha256', texts.join('\0')).slice(0, 16)}`);
  if (existsSync(built)) return { built, skip: false };
  const unfinished = `${built}.${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true });
    await build(unfinished);
    await rename(unfinished, built);
    return { built, skip: false };
  } catch (error) {
    if (existsSync(built)) return { built, skip: false }; // Another process was faster.
    return { built: undefined, skip: `${name} could not be built: ${String(error).slice(-500)}` };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
};
