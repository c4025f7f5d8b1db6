/** Nobody is named in the plain: not in the log, and in no table. Callers who may see it read it, until the key is lost. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { access as accessDomain, usersProjection } from '@plenum/access';
import { openAccess, openCodec, openFoundation } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { done, newKey } from '@plenum/authentication/testing';
import { topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { postgresReadModelStore, postgresVerificationStore, query } from '@plenum/postgres';
import { testServer } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import { runProjection, showPersonal, verifyProjection } from '@plenum/runtime';
import { settings } from './config.ts';
import { preparedSql } from './database/prepared-sql.ts';
import { readsOver } from './reads.ts';
import { fakeApp, silentLogger } from './testing/fake-app.ts';

const before = { login: 'Ana.Quirinus', name: 'Ana Quirinus-Ångström', email: 'ana.quirinus@example.org' };
const after = { login: 'Anna.Zwingli', name: 'Anna Zwingli-Ødegård', email: 'anna.zwingli@example.org' };
const imported = {
  login: 'Bo.Xylander',
  name: 'Bo Xylander',
  email: 'bo@xylander.example',
  importedId: 'Legacy-BX-7731',
};
const stranger = 'nobody.knows.this.one';
const password = 'correct horse battery staple';

it('no table and no record has the name of anybody, who is shown until their key is lost', async (t) => {
  const world = await open(t);
  const { ask, pool, log, authentication, personal } = world;

  const bo = await done(authentication.users.import({ ...imported, role: 'guest', password: 'one-time' }));
  const created = await ask('POST /api/v1/users', { ...before, role: 'operator', password });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const ana = `/api/v1/users/${created.body.id}`;
  assert.equal((await ask(`PATCH ${ana}`, after)).status, 200);
  assert.equal((await ask(`PATCH /api/v1/users/${bo.id}`, { role: 'operator' })).status, 200);
  const logIn = (login: string) => ask('POST /api/v1/sessions', { login, password });
  assert.equal((await logIn(after.login)).status, 201);
  const unknown = await logIn(stranger);
  assert.equal((await logIn(before.login)).status, unknown.status);

  assert.partialDeepStrictEqual((await ask(`GET ${ana}`)).body, after);
  const found = await ask(`GET /api/v1/users?login=${after.login}`);
  assert.deepEqual(
    found.body.items.map(({ user_id }: { user_id: string }) => user_id),
    [created.body.id],
  );
  const { importedId: imported_id, ...said } = imported;
  assert.partialDeepStrictEqual((await ask(`GET /api/v1/users/${bo.id}`)).body, { ...said, imported_id });

  const places = { ...(await tablesOf(pool)), ...(await recordsOf(log)) };
  assert.ok(holding(places, created.body.id).length > 5, 'the search finds what is there');
  assert.ok(holding(places, created.body.id).some((place) => place.startsWith('record ')));
  const texts = [before, after, imported].flatMap((one) => Object.values(one));
  for (const text of [...texts, ...texts.map((one) => one.toLowerCase()), stranger]) {
    assert.deepEqual(holding(places, text), [], `${text} is somewhere`);
  }

  await personal.keys.forget(created.body.id);
  const nobody = { login: null, name: null, email: null, imported_id: null };
  assert.partialDeepStrictEqual((await ask(`GET ${ana}`)).body, { ...nobody, role: 'operator' });
  assert.partialDeepStrictEqual((await ask(`GET /api/v1/users/${bo.id}`)).body, said);
  const refused = await logIn(after.login);
  assert.deepEqual([refused.status, refused.body.type], [unknown.status, unknown.body.type]);
  const { codec, database } = world;
  const report = await verifyProjection({
    ...{ log, codec, projection: usersProjection },
    store: postgresVerificationStore({ pool: database.pool }),
  });
  assert.equal(report.equal, true);

  const reset = await ask(`POST ${ana}/password`, {});
  assert.equal(reset.status, 409, JSON.stringify(reset.body));
  assert.match(reset.body.detail, /login of this user was erased/);
  assert.equal((await ask(`PATCH ${ana}`, { login: after.login })).status, 200);
  assert.partialDeepStrictEqual((await ask(`GET ${ana}`)).body, { ...nobody, login: after.login });
  assert.equal((await logIn(after.login)).status, 201);
});

const open = async (t: TestContext) => {
  const { url } = await testServer(t);
  const stop = new AbortController();
  const newSecret = () => randomBytes(32).toString('hex');
  const environment = { DATABASE_URL: url, JWT_SECRET: newSecret(), PLENUM_MASTER_KEY: newSecret() };
  const config = readConfig({ ...settings, ...authenticationSettings }, environment);
  const parts = { config, logger: silentLogger, stop: stop.signal };
  const foundation = await openFoundation({ ...parts, applicationName: 'test', connectionsMax: 12 });
  const codec = await openCodec(parts);
  const access = await openAccess({ foundation, codec, config, logger: silentLogger });
  const { authentication, decisions } = access;
  const { log, database } = foundation;
  const { pool } = database;
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  const project = (projection: (typeof accessDomain.projections)[number]): Promise<void> =>
    runProjection({ store, codec, projection: buildOf(projection), log, topics, logger: silentLogger }, stop.signal);
  const running = [decisions.relay(stop.signal), ...accessDomain.projections.map(project)];
  t.after(async () => {
    stop.abort();
    await Promise.allSettled(running);
    await access.close();
    await foundation.close();
  });
  const { personal } = decisions;
  assert.ok(personal !== undefined);
  const app = await fakeApp(t, {
    ...{ authentication, log },
    reads: readsOver(preparedSql(pool), showPersonal(personal)),
    clock: { nowUs: () => Date.now() * 1_000 },
    limits: { limitDefault: 100, limitMax: 1_000 },
  });
  const { key } = await newKey(authentication, 'administrator');
  const ask = async (asked: string, body?: object) => {
    const [method = 'GET', path = '/'] = asked.split(' ');
    const answer = await app.inject({
      method: method as 'GET', // Written in the test above.
      url: path,
      headers: { 'x-api-key': key, prefer: 'wait=5' },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  return { ask, pool, log, authentication, personal, codec, database };
};

type Places = Readonly<Record<string, string>>;

/** Everything in the database but its own catalogue, by table. */
const tablesOf = async (pool: Parameters<typeof query>[0]): Promise<Places> => {
  const tables = await query<{ readonly name: string }>(
    pool,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const places: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await query<{ readonly row: string }>(pool, `select row(t.*)::text as row from ${name} t`);
    places[`table ${name}`] = rows.map(({ row }) => row).join('\n');
  }
  return places;
};

const recordsOf = async (log: Awaited<ReturnType<typeof openFoundation>>['log']): Promise<Places> => {
  const places: Record<string, string> = {};
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) {
      for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
        for (const { key, headers, value, offset } of records) {
          const text = `${key} ${JSON.stringify(headers)} ${Buffer.from(value).toString('hex')}`;
          places[`record ${topic}/${partition}/${offset}`] = text;
        }
      }
    }
  }
  return places;
};

const holding = (places: Places, wanted: string): readonly string[] =>
  Object.entries(places)
    .filter(([, text]) => text.includes(wanted) || text.includes(Buffer.from(wanted).toString('hex')))
    .map(([place]) => place);
