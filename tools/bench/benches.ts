/** Every path that is measured. */
import type { Bench } from './bench.ts';
import { ingestListen, ingestListenBare } from './paths/ingest-listen.ts';
import { projectionLedger, projectionSet } from './paths/projection.ts';
import { query } from './paths/query.ts';
import { replay } from './paths/replay.ts';

export const benches: readonly Bench[] = [
  ingestListen,
  ingestListenBare,
  projectionLedger,
  projectionSet,
  replay,
  query,
];
