/** The file in which a simulator keeps the keys of its nodes, so that the same nodes sign in again: a JSON object on each line. */
import { type FileHandle, open } from 'node:fs/promises';
import { isNodeKey, type NodeKey } from './node-key.ts';

export type KeysFile = {
  /** By node id: the last that the file has of each. */
  readonly keys: ReadonlyMap<string, NodeKey>;
  /** Settles when it is on the disk. */
  add(key: NodeKey): Promise<void>;
  close(): Promise<void>;
};

/** Whether a file that is not there is made: then it is, and only its owner can read it. */
export type Opening = { readonly isMade: boolean };

/**
 * Lines without a key, such as those of nodes that were refused, are passed over.
 * @throws Error when it cannot be opened, may be read by others, or is no such file. No error has a key in it.
 */
export const openKeysFile = async (file: string, { isMade }: Opening): Promise<KeysFile> => {
  const handle = await open(file, isMade ? 'a+' : 'r', 0o600);
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) throw new Error(`${file} has keys and others may read it: chmod 600 ${file}`);
    const text = await handle.readFile('utf8');
    return { keys: keysIn(text, file), ...appending(handle, text !== '' && !text.endsWith('\n')) };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

const keysIn = (text: string, file: string): ReadonlyMap<string, NodeKey> => {
  const keys = new Map<string, NodeKey>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = jsonOf(line);
    if (value === undefined) throw new Error(`line ${index + 1} of ${file} is no JSON object`);
    if (isNodeKey(value)) keys.set(value.node_id, value);
  }
  return keys;
};

/** What JSON.parse says of a line may repeat a part of it, and that may be a key. */
const jsonOf = (line: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Lines are written one after another, also when several are added at once. */
const appending = (handle: FileHandle, isCutOff: boolean): Pick<KeysFile, 'add' | 'close'> => {
  let last: Promise<void> = Promise.resolve();
  let gap = isCutOff ? '\n' : '';
  return {
    add: ({ node_id, key_id, user_name, key }) => {
      last = last.then(async () => {
        await handle.appendFile(`${gap}${JSON.stringify({ node_id, key_id, user_name, key })}\n`);
        gap = '';
        await handle.sync();
      });
      return last;
    },
    close: async () => {
      await last.catch(() => undefined); // Said by what added it.
      await handle.close();
    },
  };
};
