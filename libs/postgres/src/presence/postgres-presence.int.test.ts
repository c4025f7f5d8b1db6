import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { cutProxy } from '../log/testing/cut-proxy.ts';
import { openPool } from '../pool.ts';
import { silentLogger, testDatabase } from '../testing/index.ts';
import { type PostgresPresence, postgresPresence } from './postgres-presence.ts';

const openOne = async (t: TestContext, url: string): Promise<PostgresPresence> => {
  const pool = openPool({ url, applicationName: 'presence test', connectionsMax: 2 });
  const presence = await postgresPresence({ pool, logger: silentLogger });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await presence.close();
    await pool.end();
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  t.after(close);
  return { ...presence, close };
};

/** Settles when the mark is absent or present, as it should be: the server closes a connection in its own time. */
const until = async (seer: PostgresPresence, mark: string, isAbsent: boolean): Promise<void> => {
  while ((await seer.absent([mark])).includes(mark) !== isAbsent);
};

it('is absent whose process has closed its connection, or was never there', async (t) => {
  const { url } = await testDatabase(t);
  const [one, two] = [await openOne(t, url), await openOne(t, url)];
  assert.notEqual(one.mark, two.mark);
  assert.deepEqual(await two.absent([one.mark, two.mark]), []);
  assert.deepEqual(await two.absent([]), []);
  assert.deepEqual(
    await two.absent(['of another kind', '99999999999']),
    [],
    'what it cannot judge is not called absent',
  );
  await one.close();
  await until(two, one.mark, true);
});

it('comes back by itself, under the same mark, when its connection was lost', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const [cut, seer] = [await openOne(t, proxy.url), await openOne(t, url)];
  proxy.cut('at-once');
  await until(seer, cut.mark, true);
  proxy.cut('never');
  await until(seer, cut.mark, false);
});
