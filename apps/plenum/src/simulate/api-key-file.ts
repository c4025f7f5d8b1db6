/** An API key from a file: on the command line everybody on the machine could read it. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/**
 * `-` is standard input. The key alone, or what `plenum keys issue --json` writes.
 * @throws Error when it cannot be read, or has no key; never with what stands there.
 */
export const apiKeyIn = async (file: string, input: () => AsyncIterable<Uint8Array>): Promise<string> => {
  const written = (file === '-' ? await text(input()) : await readFile(file, 'utf8')).trim();
  const key = secretIn(written) ?? written;
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const which = file === '-' ? 'standard input' : file;
    throw new Error(`${which} is to have an API key and nothing else, or what keys issue --json writes`);
  }
  return key;
};

const secretIn = (written: string): string | undefined => {
  try {
    const { secret } = JSON.parse(written) ?? {};
    return typeof secret === 'string' ? secret : undefined;
  } catch {
    return undefined;
  }
};
