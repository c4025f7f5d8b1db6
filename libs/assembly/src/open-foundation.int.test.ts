import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Environment, readConfig } from '@plenum/config';
import { feedFrom, query } from '@plenum/postgres';
import { silentLogger, testDatabase, testDirectory, testServer } from '@plenum/postgres/testing';
import { claimDatabase, DatabaseOfAnotherLog, databaseOfCluster } from './database-of-log.ts';
import { openExisting, openFoundation, openLog } from './open-foundation.ts';
import { assemblySettings } from './settings.ts';

const parts = { applicationName: 'test', connectionsMax: 4, logger: silentLogger };
const settings = (environment: Environment, stop = new AbortController().signal) => ({
  ...{ ...parts, stop },
  config: readConfig(assemblySettings, environment),
});

describe('what a process stands on', () => {
  it('is a database and the log in it, and nothing stays open', async (t) => {
    const { url } = await testServer(t);
    const foundation = await openFoundation(settings({ DATABASE_URL: url }));
    assert.ok((await foundation.log.positions('plenum.ceiling.readings')).length > 0);
    const [row] = await query<{ log: string }>(foundation.database.pool, 'select log from plenum.fed_by');
    assert.equal(row?.log, 'postgres');
    await foundation.close();

    const { log, close } = await openLog(settings({ DATABASE_URL: url }));
    assert.ok((await log.positions('plenum.quarantine.messages')).length > 0);
    await close();

    // Nor does anything stay open for who has stopped.
    await assert.rejects(openFoundation(settings({ DATABASE_URL: url }, AbortSignal.abort())), { name: 'AbortError' });
  });

  it('is refused on a database whose read models are made from another log', async (t) => {
    const { pool } = await testDatabase(t);
    assert.equal(await feedFrom(pool, 'kafka one'), 'kafka one');
    assert.equal(await feedFrom(pool, 'postgres'), 'kafka one');
    await claimDatabase(pool, 'kafka one');
    await assert.rejects(claimDatabase(pool, 'postgres'), DatabaseOfAnotherLog);
    await assert.rejects(claimDatabase(pool, 'kafka two'), /made from the log "kafka one" .* the log "kafka two"/);
  });

  it('has one embedded database for each log, which tools find beside a running process', async (t) => {
    const dataDir = testDirectory(t);
    const stop = new AbortController().signal;
    const embedded = { embedded: { dataDir } };
    const cluster = await databaseOfCluster('cGxlbnVt-LWxv_FsLTAwMA', embedded, { ...parts, stop });
    await claimDatabase(cluster.pool, 'kafka cGxlbnVt-LWxv_FsLTAwMA');
    const [row] = await query<{ name: string }>(cluster.pool, 'select current_database() as name');
    assert.equal(row?.name, 'kafka_cGxlbnVt-LWxv_FsLTAwMA');
    // What is written at the first opening is found at the second.
    const tool = await openExisting(settings({ PLENUM_DATA_DIR: dataDir }));
    const again = await databaseOfCluster(
      'cGxlbnVt-LWxv_FsLTAwMA',
      { embeddedUrl: tool.database.url },
      { ...parts, stop },
    );
    await assert.rejects(claimDatabase(again.pool, 'postgres'), DatabaseOfAnotherLog);
    await again.close();
    await tool.close();
    await cluster.close();
  });

  it('is not looked for where there is nothing', async (t) => {
    await assert.rejects(openExisting(settings({ PLENUM_DATA_DIR: `${testDirectory(t)}/none` })), /there are no data/);
  });
});
