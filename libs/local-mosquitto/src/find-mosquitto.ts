import { existsSync } from 'node:fs';
import path from 'node:path';

/** Packages put it where an ordinary user's path does not lead. */
const usualDirectories = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

/** Where this machine has a Mosquitto. `searchPath` as PATH has it. */
export const findMosquitto = (searchPath = '', directories: readonly string[] = usualDirectories): string | undefined =>
  [...searchPath.split(path.delimiter).filter(path.isAbsolute), ...directories]
    .map((folder) => path.join(folder, 'mosquitto'))
    .find((file) => existsSync(file));
