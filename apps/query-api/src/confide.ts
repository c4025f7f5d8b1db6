/** Telling a secret once, and only to whoever started the process. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Such as `process.stderr`. */
export type Output = { readonly isTTY?: boolean; write(text: string): unknown };

/**
 * A terminal is told itself. Everything else may be kept by somebody, as the output of a container is: there it says
 * which file the secret is in, which nobody but its owner can read.
 */
export const confideTo =
  (output: Output, directory = tmpdir()) =>
  async (text: string): Promise<void> => {
    if (output.isTTY === true) {
      output.write(text);
      return;
    }
    // Made anew under a name that nobody could guess, and closed to others.
    const file = path.join(await mkdtemp(path.join(directory, 'plenum-')), 'first-administrator');
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    output.write(
      [
        `The first administrator is made. How to log in as him is told once, in ${file}`,
        'Read it and remove it. If it is lost: npm run plenum -- users password --user admin',
        '',
      ].join('\n'),
    );
  };
