import { createHash } from 'node:crypto';
import { boundedContent } from '../files/bounded-content.ts';
import { checkFileName, checkFilePrefix } from '../files/file-name.ts';
import { FileGone, type Files, type StoredFile } from '../files/files.ts';
import { rangeWithin } from '../files/range.ts';

/** Files that are as durable as the process. */
export const memoryFiles = (): Files => {
  const kept = new Map<string, { readonly file: StoredFile; readonly content: Uint8Array }>();
  return {
    put: async (name, content, options) => {
      checkFileName(name);
      const chunks: Buffer[] = [];
      for await (const chunk of boundedContent(name, content, options)) chunks.push(Buffer.from(chunk));
      options.stop?.throwIfAborted();
      const taken = kept.get(name);
      if (taken !== undefined) return { ...taken.file, isNew: false };
      const all = Buffer.concat(chunks);
      const file = { name, bytes: all.byteLength, digest: createHash('sha256').update(all).digest('hex') };
      kept.set(name, { file, content: all });
      return { ...file, isNew: true };
    },
    describe: async (name) => {
      checkFileName(name);
      return kept.get(name)?.file;
    },
    get: async (name, asked) => {
      checkFileName(name);
      const found = kept.get(name);
      if (found === undefined) return undefined;
      const { file } = found;
      const range = rangeWithin(file.bytes, asked);
      const read = async function* (): AsyncGenerator<Uint8Array, void> {
        if (kept.get(name) !== found) throw new FileGone(name);
        const chunk = found.content.slice(range.from, range.to);
        if (chunk.byteLength > 0) yield chunk;
      };
      return { file, range, content: read() };
    },
    list: async function* (prefix, after = '') {
      checkFilePrefix(prefix);
      // Names are ASCII, so texts sort as their bytes do.
      for (const name of [...kept.keys()].filter((one) => one.startsWith(prefix) && one > after).sort()) {
        const found = kept.get(name);
        if (found !== undefined) yield { name, bytes: found.file.bytes };
      }
    },
    remove: async (name) => {
      checkFileName(name);
      kept.delete(name);
    },
  };
};
