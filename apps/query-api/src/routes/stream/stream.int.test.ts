/** The live stream as it is in earnest: over PostgreSQL, with processes that die, people who lose their rights, and organisations. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { byPlenum, done, newKey, testAuthentication } from '@plenum/authentication/testing';
import { topics } from '@plenum/catalogue';
import { postgresLog } from '@plenum/postgres';
import { silentLogger } from '@plenum/runtime/testing';
import { accessWorld } from '../../testing/access-world.ts';
import { startApiProcess } from '../../testing/api-process.ts';
import { readingOf } from '../../testing/readings-said.ts';
import { type Frame, followStream } from '../../testing/stream-client.ts';

const nodes = ['node_1', 'node_2', 'node_3', 'node_4'];

const world = async (t: TestContext) => {
  const { authentication, config, databaseUrl: DATABASE_URL, pool } = await testAuthentication(t);
  const log = await postgresLog({ pool, topics, logger: silentLogger });
  t.after(() => log.close());
  const { JWT_SECRET, PLENUM_MASTER_KEY } = config;
  const start = () => startApiProcess(t, { DATABASE_URL, JWT_SECRET, PLENUM_MASTER_KEY, LOG_LEVEL: 'info' });
  const { key } = await newKey(authentication, 'administrator');
  return { log, start, headers: { 'x-api-key': key } };
};

test('of what is appended while the API is killed again and again nothing is lost and nothing comes twice', async (t) => {
  const { log, start, headers } = await world(t);
  const got: Frame[] = [];
  let api = await start();
  let client = await followStream(api.url, { query: 'kind=readings', headers });
  await client.until('ready');

  const appended: number[] = [];
  let appending = true;
  const writer = (async () => {
    while (appending) {
      const value = appended.length;
      await log.append([readingOf(nodes[value % nodes.length] ?? '', { value })]);
      appended.push(value);
    }
  })();
  for (let kill = 0; kill < 2; kill += 1) {
    const enough = got.length + 40;
    while (got.length < enough) got.push((await client.next()) ?? assert.fail('it ended before it was killed'));
    await api.kill();
    for (let frame = await client.next(); frame !== undefined; frame = await client.next()) got.push(frame);
    api = await start();
    const lastId = client.lastId() ?? '';
    client = await followStream(api.url, { query: 'kind=readings', headers: { ...headers, 'last-event-id': lastId } });
  }
  appending = false;
  await writer;
  const readings = () => got.filter(({ event }) => event === 'readings');
  while (readings().length < appended.length) got.push((await client.next()) ?? assert.fail('it ended'));
  client.close();

  assert.ok(!got.some(({ event }) => event === 'resync'));
  for (const [index, node] of nodes.entries()) {
    const own = readings().filter(({ data }) => data.data.node_id === node);
    const values = appended.filter((value) => value % nodes.length === index);
    assert.deepEqual(
      own.map(({ data }) => data.data.value),
      values,
      node,
    );
  }
});

test('a revoked key ends its streams at another process within a second or two', async (t) => {
  const { authentication, config, databaseUrl: DATABASE_URL } = await testAuthentication(t);
  const { JWT_SECRET, PLENUM_MASTER_KEY } = config;
  const api = await startApiProcess(t, { DATABASE_URL, JWT_SECRET, PLENUM_MASTER_KEY, LOG_LEVEL: 'info' });
  const [revoked, kept] = [await newKey(authentication, 'guest'), await newKey(authentication, 'guest')];
  const follow = ({ key }: { readonly key: string }) =>
    followStream(api.url, { query: 'kind=readings', headers: { 'x-api-key': key } });
  const [its, others] = [await follow(revoked), await follow(kept)];
  await its.until('ready');
  await others.until('ready');
  await done(authentication.keys.revoke(revoked.id, byPlenum()));
  assert.deepEqual((await its.until('end')).at(-1)?.data, { reason: 'not-authenticated' });
  await done(authentication.keys.revoke(kept.id, byPlenum()));
  // It had gone on until its own turn.
  assert.deepEqual((await others.until('end')).at(-1)?.data, { reason: 'not-authenticated' });
});

test('events of an organisation come to its own people alone, and after the read model when that is asked for', async (t) => {
  const { app, authentication, projecting, asAdministrator } = await accessWorld(t);
  await done(authentication.organisations.create('north', { ...byPlenum(), name: 'North' }));
  const issue = async (organisation: string) => {
    const issued = { name: organisation, role: 'administrator', organisation, permissions: ['*'] } as const;
    const { secret = '' } = await done(authentication.keys.issue({ ...byPlenum(), ...issued }));
    return { 'x-api-key': secret };
  };
  const [north, south] = [await issue('north'), await issue('default')];
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const follow = (headers: Readonly<Record<string, string>>, more = '') =>
    followStream(url, { query: `kind=exports${more}`, headers });
  const clients = {
    north: await follow(north),
    south: await follow(south),
    shown: await follow(south, '&model=exports'),
  };
  const all = { ...clients, everybody: await follow(asAdministrator) };
  await projecting(Promise.all(Object.values(all).map((client) => client.until('ready'))));
  const ask = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const payload = { kind: 'readings', format: 'csv' };
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/api/v1/exports', headers, payload });
    assert.ok(statusCode < 300, body);
    return JSON.parse(body).id;
  };
  const ofNorth = await ask(north);
  const ofSouth = await ask(south);
  const next = async (client: keyof typeof all): Promise<unknown> =>
    (await all[client].until('exports')).at(-1)?.data.data.export_id;
  assert.equal(await next('north'), ofNorth);
  assert.equal(await next('south'), ofSouth);
  const shown = next('shown');
  // Nothing is projected until now.
  const asked = ask(south);
  assert.equal(await Promise.race([shown, asked]), await asked);
  // Each in its own partition, and a read model comes on in one after the other.
  const both = projecting(shown.then(async (one) => [one, await next('shown')]));
  assert.deepEqual(new Set(await both), new Set([ofSouth, await asked]));
  const { statusCode } = await app.inject({ url: `/api/v1/exports/${ofSouth}`, headers: south });
  assert.equal(statusCode, 200);
});
