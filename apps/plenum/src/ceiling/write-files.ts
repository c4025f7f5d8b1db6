/** Files of a calculation: each is read back before any takes its name, so a folder never has half of one, or one that lies. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DocumentContent } from '@plenum/drawing';
import { documentFormats } from '@plenum/export-formats';
import type { DocumentWriter, ExportFile } from '@plenum/runtime';

export type WantedFile = { readonly format: string; readonly name: string; readonly content: DocumentContent };

export type WrittenFile = {
  /** With its folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
};

/** @throws Error when a file is not what was to be in it, and then no file has changed; the reason of `stop`. */
export const writeFiles = async (
  folder: string,
  wanted: readonly WantedFile[],
  stop: AbortSignal,
): Promise<readonly WrittenFile[]> => {
  const run = randomUUID().slice(0, 8);
  const partial = ({ name }: WantedFile): string => path.join(folder, `.${name}.${run}`);
  try {
    const written: WrittenFile[] = [];
    for (const file of wanted) {
      stop.throwIfAborted();
      const { bytes, digest } = await writeOne(partial(file), file);
      written.push({ file: path.join(folder, file.name), bytes, sha256: digest });
    }
    for (const file of wanted) await rename(partial(file), path.join(folder, file.name));
    return written;
  } finally {
    await Promise.all(wanted.map((file) => rm(partial(file), { force: true })));
  }
};

const writeOne = async (file: string, { format, name, content }: WantedFile): Promise<ExportFile> => {
  const writer = documentFormats.find((one) => one.format === format);
  if (writer === undefined) throw new Error(`nothing here writes ${format}`);
  const stored = await store(file, writer, content);
  const { problems } = await writer.certify(stored, content);
  if (problems.length > 0) throw new Error(`${name} was not written: the file ${problems.slice(0, 5).join('; it ')}`);
  return stored;
};

const store = async (file: string, writer: DocumentWriter, content: DocumentContent): Promise<ExportFile> => {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx');
  let bytes = 0;
  try {
    for await (const chunk of writer.write(content)) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, digest: hash.digest('hex'), read: () => createReadStream(file) };
};
