import { postgresVerificationStore } from '@plenum/postgres';
import type { Projection } from '@plenum/read-model';
import { type VerifyReport, verifyProjection } from '@plenum/runtime';
import type { Foundation } from '../stack/foundation.ts';

type VerifyOptions = {
  readonly shownMax: number;
  /** Called now and then with how far it is, in one line without its end. */
  readonly tell: (text: string) => void;
  readonly stop: AbortSignal;
};

const toldEveryMs = 2_000;

/** Verifies one set of a database with all that it takes. */
export const verifyOne = (
  { database, log, codec }: Foundation,
  projection: Projection,
  { shownMax, tell, stop }: VerifyOptions,
): Promise<VerifyReport> => {
  let toldMs = performance.now();
  const store = postgresVerificationStore({ pool: database.pool });
  return verifyProjection({
    ...{ log, codec, projection, store, shownMax, stop },
    onProgress: ({ records, of }) => {
      if (performance.now() - toldMs < toldEveryMs) return;
      toldMs = performance.now();
      tell(`${projection.name}: ${records} of ${of} records folded`);
    },
  });
};
