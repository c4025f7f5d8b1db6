import { describe, type TestContext } from 'node:test';
import { postgisMissing } from '@plenum/embedded-postgres/testing';
import { postgisDatabase, silentLogger, type TestDatabase, testDatabase } from '@plenum/postgres/testing';
import type { ReadModelStore } from '@plenum/runtime';
import { readModelStoreContract } from '@plenum/runtime/testing';
import { openPool } from '../pool.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

type Fresh = (t: TestContext) => Promise<readonly [ReadModelStore, ReadModelStore]>;

const storesIn =
  (database: (t: TestContext) => Promise<TestDatabase>): Fresh =>
  async (t) => {
    const { pool, url } = await database(t);
    const otherPool = openPool({ url, applicationName: 'other process', connectionsMax: 3 });
    t.after(() => otherPool.end());
    return [
      postgresReadModelStore({ pool, logger: silentLogger }),
      postgresReadModelStore({ pool: otherPool, logger: silentLogger }),
    ];
  };

readModelStoreContract('postgresReadModelStore', storesIn(testDatabase));

describe('where PostGIS is', { skip: postgisMissing }, () => {
  readModelStoreContract('postgresReadModelStore', storesIn(postgisDatabase));
});
