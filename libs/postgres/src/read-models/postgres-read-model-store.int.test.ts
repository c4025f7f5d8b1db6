import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { readModelStoreContract } from '@plenum/runtime/testing';
import { openPool } from '../pool.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

readModelStoreContract('postgresReadModelStore', async (t) => {
  const { pool, url } = await testDatabase(t);
  const otherPool = openPool({ url, applicationName: 'other process', connectionsMax: 3 });
  t.after(() => otherPool.end());
  return [
    postgresReadModelStore({ pool, logger: silentLogger }),
    postgresReadModelStore({ pool: otherPool, logger: silentLogger }),
  ];
});
