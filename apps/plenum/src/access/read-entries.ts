/** What stands in a file of JSON: an array, or an object on each line. */
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';

export type Entry = {
  /** Where it stands, as people count: `line 3`, or `item 3` of an array. */
  readonly place: string;
  /** `undefined`: it is no JSON. */
  readonly value: unknown;
};

/** A hundred thousand users and more; what is larger is no list of users. */
const bytesMax = 64 * 1024 * 1024;

/** `-` is standard input. @throws Error when it is too large, not UTF-8, or an array that is no JSON. */
export const readEntries = async (file: string, input: () => AsyncIterable<Uint8Array>): Promise<readonly Entry[]> => {
  const bytes = await buffer(bounded(file === '-' ? input() : createReadStream(file)));
  const text = decoded(bytes);
  if (text.trimStart().startsWith('[')) return itemsOf(text);
  return text
    .split('\n')
    .map((line, index) => ({ place: `line ${index + 1}`, line: line.trim() }))
    .filter(({ line }) => line !== '')
    .map(({ place, line }) => ({ place, value: jsonOf(line) }));
};

async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error(`there are more than ${bytesMax} bytes: cut it into several files`);
    yield chunk;
  }
}

const decoded = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it is not UTF-8', { cause: error });
  }
};

const itemsOf = (text: string): readonly Entry[] => {
  const items = jsonOf(text);
  // What JSON.parse says of it may repeat a part of it, and that may be a hash.
  if (!Array.isArray(items)) throw new Error('it begins as an array, and is no JSON');
  return items.map((value: unknown, index) => ({ place: `item ${index + 1}`, value }));
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON, which is what the caller reports.
  }
};
