/** The verdict is only worth something if it sees what is wrong: here things are made wrong by hand. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { openAccounts } from './accounts.ts';
import { isCaughtUp, logEnds, siteReady } from './recovery.ts';
import { type Site, startSite } from './site/site.ts';
import { verdictOf } from './verdict.ts';

const cache = path.join(import.meta.dirname, '../../.cache/chaos');

const quietSite = async (t: TestContext): Promise<Site> => {
  const directory = path.join(cache, `run-${process.pid}`);
  const devices = { log: 'postgres', mqtt: 'listen', seed: 3, nodes: 10, ratePerSecond: 200 } as const;
  const site = await startSite({ ...devices, directory, logs: path.join(directory, 'logs'), ownDisk: false });
  t.after(() => site.close());
  await siteReady(site);
  return site;
};

it('sees a lost message, a row too many, a changed row and a parked record', { timeout: 300_000 }, async (t) => {
  const site = await quietSite(t);
  const honest = openAccounts(site);
  while (honest.acknowledged() < 300) await honest.note();
  await site.load.stop();
  const ends = await logEnds(site);
  while (!(await isCaughtUp(site, ends))) t.signal.throwIfAborted();
  const asked = { planted: 0, devices: 'tame', fold: true } as const;
  assert.deepEqual((await verdictOf(site, honest, asked)).problems, []);

  const nowhere = { n: 1, kind: 'reading', event_id: '00000000-0000-5000-8000-000000000000', acknowledged: true };
  const lying = openAccounts({ ...site, load: { ...site.load, news: () => Promise.resolve([nowhere]) } });
  const { pool } = site.database;
  await pool.query('update readings_v2.sensor_data set value = value + 1 where log_offset = 3');
  await pool.query(
    `insert into readings_v2.sensor_data select (jsonb_populate_record(row, '{"timestamp":"2020-01-01T00:00:00Z"}')).*
       from readings_v2.sensor_data row limit 1`,
  );
  await pool.query(
    `insert into plenum.parked (consumer, version, topic, part, log_offset, key, value, code, reason)
       values ('readings', 2, 'x', 0, 0, 'x', '', 'weather', 'the network was away')`,
  );
  const { lost, twice, parked, verified } = await verdictOf(site, lying, asked);
  assert.deepEqual([lost, parked, verified], [1, 1, false]);
  assert.ok(twice > 0);
});
