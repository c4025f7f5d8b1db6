import { testDatabase } from '@plenum/postgres/testing';
import { checkpointStoreContract } from '@plenum/runtime/testing';
import { openPool } from '../pool.ts';
import { postgresCheckpointStore } from './postgres-checkpoint-store.ts';

checkpointStoreContract('postgresCheckpointStore', async (t) => {
  const { pool, url } = await testDatabase(t);
  const otherPool = openPool({ url, applicationName: 'other process', connectionsMax: 3 });
  t.after(() => otherPool.end());
  return [postgresCheckpointStore({ pool }), postgresCheckpointStore({ pool: otherPool })];
});
