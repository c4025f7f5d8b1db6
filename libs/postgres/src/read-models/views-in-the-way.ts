/** What others have made on views that an exchange has to drop: the exchange waits for it to go, and says what it is. */
import { type Build, nameOfBuild } from '@plenum/read-model';
import type { Logger } from '@plenum/runtime';
import type pg from 'pg';

/** Answers `behind` for the server's error about it, logged once for each build and reason. @throws any other error again. */
export const viewsInTheWay = (logger: Pick<Logger, 'warn'>) => {
  const said = new Set<string>();
  return (build: Build, error: unknown): 'behind' => {
    if (!hasDependents(error)) throw error;
    const { name: projection, version, generation } = build;
    const { message: reason, detail } = error;
    const text = `${nameOfBuild(build)} ${reason} ${detail}`;
    if (!said.has(text)) {
      said.add(text);
      logger.warn(
        { projection, version, generation, reason, detail },
        'a build waits until what others have made on views that go or change their columns is dropped',
      );
    }
    return 'behind';
  };
};

/** SQLSTATE 2BP01, dependent objects still exist. */
const hasDependents = (error: unknown): error is pg.DatabaseError =>
  error instanceof Error && 'code' in error && error.code === '2BP01';
