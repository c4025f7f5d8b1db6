/** Every path that is measured. */
import type { Bench } from './bench.ts';
import { authJwt, authKey } from './paths/auth.ts';
import { demoDisplay } from './paths/demo-display.ts';
import { demoStart } from './paths/demo-start.ts';
import { growth } from './paths/growth.ts';
import { ingestConnect } from './paths/ingest-connect.ts';
import { ingestListen } from './paths/ingest-listen.ts';
import { latency } from './paths/latency.ts';
import { memory } from './paths/memory.ts';
import { projectionLedger, projectionProjection } from './paths/projection.ts';
import { query } from './paths/query.ts';
import { replay } from './paths/replay.ts';

export const benches: readonly Bench[] = [
  ingestListen,
  ingestConnect,
  projectionLedger,
  projectionProjection,
  replay,
  query,
  authJwt,
  authKey,
  latency,
  demoStart,
  demoDisplay,
  growth,
  memory,
];
