/** Showing a secret once, and only to the user who started the process. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Such as `process.stderr`. */
export type Output = { readonly isTTY?: boolean; write(text: string): unknown };

/**
 * A terminal gets it directly. Everything else may be kept by somebody, as the output of a container is: there it says
 * which file the secret is in, which nobody but its owner can read.
 */
export const confideTo =
  (output: Output, directory = tmpdir()) =>
  async (text: string): Promise<void> => {
    if (output.isTTY === true) {
      output.write(text);
      return;
    }
    const where = await leave(text, directory);
    const told = [`The first administrator is made. ${where}`, another, ''];
    output.write(told.join('\n'));
  };

const another = 'For another password, run: npm run plenum -- users password --user admin';

/** Where it is now. A place that takes no file is not worth a failed start: there is a command for the same. */
const leave = async (text: string, directory: string): Promise<string> => {
  try {
    // Made anew under a name that nobody could guess, and closed to others.
    const file = path.join(await mkdtemp(path.join(directory, 'plenum-')), 'first-administrator');
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return `How to log in is written once, to ${file}\nRead it and remove it.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `How to log in is written nowhere, for it could not be left in a file: ${reason}`;
  }
};
