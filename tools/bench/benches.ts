/** Every path that is measured. */
import type { Bench } from './bench.ts';
import { authJwt, authKey } from './paths/auth.ts';
import { commands } from './paths/commands.ts';
import { costs } from './paths/cost.ts';
import { demoDisplay } from './paths/demo-display.ts';
import { demoStart } from './paths/demo-start.ts';
import { disk } from './paths/disk.ts';
import { endToEnd } from './paths/end-to-end.ts';
import { exportCsv, exportDxf, exportMemory, exportParquet } from './paths/exports.ts';
import { growth } from './paths/growth.ts';
import { idle } from './paths/idle.ts';
import { idleDevices } from './paths/idle-devices.ts';
import { ingestConnect } from './paths/ingest-connect.ts';
import { ingestListen, ingestListen5, ingestListenSignedIn, listenBare } from './paths/ingest-listen.ts';
import { latency } from './paths/latency.ts';
import { memory } from './paths/memory.ts';
import { peers } from './paths/peers.ts';
import { projectionLedger, projectionProjection } from './paths/projection.ts';
import { query } from './paths/query.ts';
import { recovery } from './paths/recovery.ts';
import { replay } from './paths/replay.ts';
import { streamLive } from './paths/stream-live.ts';
import { streamResume } from './paths/stream-resume.ts';

export const benches: readonly Bench[] = [
  ingestListen,
  ingestListen5,
  ingestListenSignedIn,
  listenBare,
  ingestConnect,
  projectionLedger,
  projectionProjection,
  replay,
  query,
  authJwt,
  authKey,
  ...costs,
  idle,
  latency,
  disk,
  recovery,
  memory,
  idleDevices,
  commands,
  streamLive,
  streamResume,
  demoStart,
  demoDisplay,
  growth,
  exportCsv,
  exportParquet,
  exportDxf,
  exportMemory,
  ...endToEnd,
  peers,
];
