/** PostgreSQL with PostGIS as Debian installs it, for tests of what npm's PostgreSQL lacks. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Binaries, binariesIn } from '../binaries.ts';

const programs = '/usr/lib/postgresql';
const extensions = (version: string): string => `/usr/share/postgresql/${version}/extension`;

const versionWithPostgis = (): string | undefined =>
  (existsSync(programs) ? readdirSync(programs) : [])
    .filter((version) => existsSync(path.join(extensions(version), 'postgis.control')))
    .sort((one, other) => Number(other) - Number(one))
    .find((version) => existsSync(path.join(programs, version, 'bin', 'postgres')));

const version = versionWithPostgis();

/** For `{ skip: postgisMissing }`: why suites that need PostGIS cannot run here; `false` when they can. */
export const postgisMissing: string | false =
  version === undefined && 'there is no PostGIS: apt-get install postgresql-15-postgis-3';

/** @throws when `postgisMissing`. */
export const postgisBinaries = (): Binaries => {
  if (version === undefined) throw new Error(`No server: ${postgisMissing}`);
  // Older than the locales that PostgreSQL has built in; libc's sorts alike.
  const localeFlags = ['-E', 'UTF8', '--locale=C.UTF-8'];
  return { ...binariesIn(path.join(programs, version)), localeFlags, isOfSystem: true };
};
