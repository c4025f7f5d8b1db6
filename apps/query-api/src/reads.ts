/** Every question the API can ask of read models, over one connection pool. A new group of reads is one line here. */
import { keyReads, securityReads, sessionReads, userReads } from '@plenum/access';
import { intervalReads, nodeReads, readingReads } from '@plenum/ceiling';
import { quarantineReads } from '@plenum/quarantine';
import type { Sql } from '@plenum/read-model';
import { checkpointReads } from './consumers/checkpoints.ts';
import { parkedReads } from './consumers/parked.ts';

export const readsOver = (sql: Sql) => ({
  nodes: nodeReads(sql),
  readings: readingReads(sql),
  intervals: intervalReads(sql),
  quarantine: quarantineReads(sql),
  parked: parkedReads(sql),
  checkpoints: checkpointReads(sql),
  users: userReads(sql),
  sessions: sessionReads(sql),
  keys: keyReads(sql),
  security: securityReads(sql),
});

export type Reads = Readonly<ReturnType<typeof readsOver>>;
