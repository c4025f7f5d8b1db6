/** The verdict is only worth something if it sees what is wrong: here things are made wrong by hand. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { SessionEnded } from '@plenum/access';
import { isEvent } from '@plenum/event';
import { openAccounts } from './accounts.ts';
import { startDecisions } from './decisions/decisions-load.ts';
import { decisionsVerdict } from './decisions/decisions-verdict.ts';
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

const patienceMs = 120_000;
const checkpointsSql =
  'select consumer, version, generation, topic, part, next_offset from plenum.checkpoint order by 1';

/** Looks with a pause, because without one it takes the time of those that are waited for. What never comes is described. */
const until = async (isSo: () => Promise<boolean>, howFar: () => string | Promise<string>): Promise<void> => {
  for (const fromMs = performance.now(); !(await isSo()); ) {
    if (performance.now() - fromMs > patienceMs) assert.fail(`after ${patienceMs} ms: ${await howFar()}`);
    await sleep(50);
  }
};

it('sees a lost message, a row too many, a changed row and a parked record', { timeout: 300_000 }, async (t) => {
  const site = await quietSite(t);
  const honest = openAccounts(site);
  const taken = async (): Promise<boolean> => {
    await honest.note();
    return honest.acknowledged() >= 300;
  };
  await until(taken, () => `${honest.acknowledged()} of 300 messages were acknowledged`);
  await site.load.stop();
  const ends = await logEnds(site);
  await until(
    () => isCaughtUp(site, ends),
    async () => inspect({ ends, checkpoints: (await site.database.pool.query(checkpointsSql)).rows }),
  );
  const asked = { planted: 0, devices: 'tame', fold: true } as const;
  assert.deepEqual((await verdictOf(site, honest, asked)).problems, []);

  const nowhere = { n: 1, kind: 'reading', event_id: '00000000-0000-5000-8000-000000000000', acknowledged: true };
  const lying = openAccounts({ ...site, load: { ...site.load, newlyPromised: () => Promise.resolve([nowhere]) } });
  const { pool } = site.database;
  await pool.query('update readings_v3_g1.sensor_data_rows set value = value + 1 where log_offset = 3');
  await pool.query(
    `insert into readings_v3_g1.sensor_data_rows select (jsonb_populate_record(row, '{"timestamp":"2020-01-01T00:00:00Z"}')).*
       from readings_v3_g1.sensor_data_rows row limit 1`,
  );
  await pool.query(
    `insert into plenum.parked (consumer, version, generation, topic, part, log_offset, key, value, code, reason)
       values ('readings', 3, 1, 'x', 0, 0, 'x', '', 'transient', 'the network was away')`,
  );
  const { lost, twice, parked, verified } = await verdictOf(site, lying, asked);
  assert.deepEqual([lost, parked, verified], [1, 1, false]);
  assert.ok(twice > 0);
});

it('sees what was acknowledged and is nowhere, a name of nobody, a changed table, and a session that did not end', {
  timeout: 300_000,
}, async (t) => {
  const site = await quietSite(t);
  const load = startDecisions(site, 3);
  await load.stop();
  const honest = await decisionsVerdict(site, load, 60_000);
  assert.deepEqual(honest.problems, []);

  const { pool } = site.database;
  await pool.query("insert into plenum_store.reservation (name, stream) values ('login:nobody', 'user-none')");
  await pool.query("update plenum_access.authorized_key set role = 'operator' where role = 'guest'");
  const lying = {
    ...load,
    answered: () => [
      ...load.answered().filter(({ outcome }) => outcome !== 'refused'),
      { key: 'nowhere', what: 'issue a key', outcome: 'acknowledged' as const },
    ],
  };
  // As if others had ended.
  const decode: typeof site.codec.decode = (record) => {
    const decoded = site.codec.decode(record);
    if (decoded.outcome !== 'event' || !isEvent(SessionEnded, decoded.event)) return decoded;
    return { outcome: 'event', event: { ...decoded.event, data: { ...decoded.event.data, token_id: 'another' } } };
  };
  const { problems } = await decisionsVerdict({ ...site, codec: { ...site.codec, decode } }, lying, 0);
  for (const seen of [
    ...[/in the log 0 times/, /reservations are not/, /authorized_key is not/, /none was refused/],
    ...[/did not end with/, /another ended \d+ times/],
  ]) {
    assert.ok(
      problems.some((problem) => seen.test(problem)),
      `${seen} in ${problems.join('\n')}`,
    );
  }
});
