/**
 * Every route of the API, asked by somebody of another organisation who may do everything in it. The routes are the app's
 * own; whose is what they are about is written down by hand, beside each domain: a route that is not fails.
 */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { byPlenum, done, here, testAuthentication } from '@plenum/authentication/testing';
import { projections, topics } from '@plenum/catalogue';
import type { Whose } from '@plenum/domain/testing';
import { postgresReadModelStore } from '@plenum/postgres';
import { buildOf } from '@plenum/read-model';
import { projectBatch, showPersonal } from '@plenum/runtime';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { preparedSql } from './database/prepared-sql.ts';
import { readsOver } from './reads.ts';
import { fakeApp, silentLogger } from './testing/fake-app.ts';
import { enough } from './testing/fake-authentication.ts';
import { answeredToOwner, madeElsewhere, validBodies, whoseIs, writtenRoutes } from './testing/route-expectations.ts';

const matrix = async (t: TestContext) => {
  const world = await testAuthentication(t);
  const { authentication, pool, store: decided, log, codec } = world;
  const routes = new Set<string>();
  const app = await fakeApp(t, {
    authentication: { ...authentication, limit: () => enough },
    reads: readsOver(preparedSql(pool), showPersonal(world.personal)),
    log,
    clock: { nowUs: () => Date.now() * 1_000 },
    limits: { limitDefault: 100, limitMax: 1_000 },
    onRoute: ({ method, url }: RouteOptions) => {
      for (const one of [method].flat()) if (one !== 'HEAD') routes.add(`${one} ${url}`);
    },
  });
  await app.ready();
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  const partitionsOf = (names: readonly string[]) =>
    topics
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, partitions, holds }) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition, holds })),
      );
  for (const projection of projections.map((one) => buildOf(one)))
    await store.prepare(projection, partitionsOf(projection.topics));
  /** What was decided is read from the store itself: nothing relays it here. */
  const project = async (): Promise<void> => {
    for (const projection of projections.map((one) => buildOf(one))) {
      for (const { holds, ...at } of partitionsOf(projection.topics)) {
        const from = holds === 'decisions' ? decided.source : log;
        const to = (await from.positions(at.topic)).find(({ partition }) => partition === at.partition)?.next ?? 0n;
        const batches = from.read({ ...at, from: await store.position(projection, at), to });
        for await (const batch of batches) await projectBatch({ store, codec, projection }, batch);
      }
    }
  };
  return { ...world, app, routes, project };
};

type World = Awaited<ReturnType<typeof matrix>>;

/** Somebody who may do all that is said, with a session and a key in their organisation. */
const somebodyOf = async ({ authentication }: World, organisation: string, permissions: readonly string[] = ['*']) => {
  const login = `${organisation}-${permissions.length}`;
  const account = { login, name: login, role: 'administrator', permissions, organisation } as const;
  const { id: user, secret: password = '' } = await done(authentication.users.create({ ...byPlenum(), ...account }));
  const issued = { name: 'meter', role: 'guest', organisation } as const;
  const { id: key } = await done(authentication.keys.issue({ ...byPlenum(), ...issued }));
  const started = await authentication.logins.login({ ...here, login, password });
  if (started.outcome !== 'started') throw new Error(`nobody logged in: ${JSON.stringify(started)}`);
  const { token, tokenId: session } = started;
  return { user, key, session, organisation, headers: { authorization: `Bearer ${token}` } };
};

type Somebody = Awaited<ReturnType<typeof somebodyOf>>;

/** Ids of one organisation's things, by the address of their kind. */
type Ids = ReadonlyMap<string, string>;

const kindOf = (route: string): string =>
  madeElsewhere.get(route)?.kind ?? route.slice(route.indexOf('/'), route.indexOf('/:id'));

/** What somebody is known by and uses is there already; of every other kind they make one, as clients do. */
const ownThings = async ({ app, routes }: World, { user, key, session, organisation, headers }: Somebody) => {
  const ids = new Map([
    ['/api/v1/users', user],
    ['/api/v1/keys', key],
    ['/api/v1/sessions', session],
    ['/api/v1/organisations', organisation],
  ]);
  for (const route of ofWhose(routes, 'one')) {
    const kind = kindOf(route);
    if (ids.has(kind)) continue;
    const made = await app.inject({ method: 'POST', url: kind, headers, payload: validBodies[`POST ${kind}`] ?? {} });
    assert.ok(
      [200, 201, 202].includes(made.statusCode),
      `POST ${kind}, of which ${route} is to find one: ${made.body}`,
    );
    // In the shape of a replaced system, it is in an envelope.
    ids.set(kind, made.json().id ?? made.json().data.id);
  }
  return ids;
};

/** Well-formed ids that nobody's things have. */
const nobodys: Ids = new Map([
  ['/api/v1/users', '01900000-0000-7000-8000-00000000dead'],
  ['/api/v1/keys', 'none_00000000'],
  ['/api/v1/sessions', 'f'.repeat(32)],
]);

const idIn = (route: string, ids: Ids): string => {
  const id = ids.get(kindOf(route)) ?? 'nowhere';
  return madeElsewhere.get(route)?.written(id) ?? id;
};

const ask = async (app: FastifyInstance, route: string, headers: Somebody['headers'], ids: Ids) => {
  const [method = '', url = ''] = route.split(' ');
  const path = url.replace(':id', idIn(route, ids)).replace(/:\w+/g, '1');
  const body = validBodies[route];
  const answer = await app.inject({
    method: method as 'GET', // Any that a route was registered with.
    url: path,
    headers,
    ...(body === undefined ? {} : { payload: body }),
  });
  const text = answer.body.replaceAll(idIn(route, ids), '…').replace(/"request_id":"[^"]*"/, '');
  return { status: answer.statusCode, body: text };
};

const ofWhose = (routes: ReadonlySet<string>, whose: Whose): readonly string[] =>
  [...routes].filter((route) => whoseIs(route) === whose);

test('a caller of another organisation meets none of what this one has', async (t) => {
  const world = await matrix(t);
  const { app, routes, authentication, pool } = world;
  assert.deepEqual(
    [...routes].filter((route) => whoseIs(route) === undefined),
    [],
    'routes that nobody wrote down here',
  );
  assert.deepEqual(
    writtenRoutes.filter((route) => !routes.has(route)),
    [],
    'routes that are written down here and are not there',
  );

  await authentication.users.createFirst();
  await done(authentication.organisations.create('acme', { ...byPlenum(), name: 'Acme' }));
  const own = await somebodyOf(world, 'default');
  const stranger = await somebodyOf(world, 'acme');
  const installer = await somebodyOf(world, 'acme', ['*', 'admin:organisations']);
  for (const { headers } of [own, stranger, installer]) await app.inject({ url: '/api/v1/me', headers });
  const owns = await ownThings(world, own);
  await world.project();

  const streams = async () => (await pool.query('select stream, version from plenum_store.stream order by 1')).rows;
  const before = await streams();
  const ones = ofWhose(routes, 'one');
  for (const route of ones) {
    const met = await ask(app, route, stranger.headers, owns);
    assert.deepEqual(met, await ask(app, route, stranger.headers, nobodys), `${route} shows that there is something`);
    if (!route.includes('/versions/')) assert.equal(met.status, 404, route);
    if (!route.startsWith('GET')) continue;
    for (const { headers } of [own, installer]) {
      const expected = answeredToOwner.get(route) ?? 200;
      assert.equal((await ask(app, route, headers, owns)).status, expected, `${route} for a caller who may`);
    }
  }
  assert.ok(ones.length >= 17, 'routes are missing');
  assert.deepEqual(await streams(), before, 'something was decided about what belongs to others');

  // The stream is no page: whose events it sends is tried in `routes/stream/stream.int.test.ts`.
  for (const route of ofWhose(routes, 'list').filter((one) => one !== 'GET /api/v1/stream')) {
    const [, url = ''] = route.split(' ');
    const whose = url.endsWith('/sessions') ? `user=${own.user}` : '';
    const shownTo = async ({ headers }: Somebody, query = whose) =>
      (await app.inject({ url: `${url}?${query}`, headers })).body;
    assert.match(await shownTo(own), /"organisation":"default"/, `${route} for a caller who may`);
    for (const query of url.endsWith('/organisations') ? [whose] : [whose, `${whose}&organisation=default`]) {
      assert.doesNotMatch(await shownTo(stranger, query), /"organisation":"default"/, `${route}?${query}`);
      assert.match(await shownTo(installer, query), /"organisation":"default"/, `${route}?${query} for the installer`);
    }
  }

  for (const route of ofWhose(routes, 'administration')) {
    assert.equal((await ask(app, route, stranger.headers, owns)).status, 403, route);
  }
  const installation = ofWhose(routes, 'installation');
  for (const route of installation) {
    const [ours, theirs] = [
      await ask(app, route, own.headers, nobodys),
      await ask(app, route, stranger.headers, nobodys),
    ];
    // What one has made is there for everybody.
    assert.equal(theirs.status, ours.status === 201 ? 409 : ours.status, route);
    assert.ok([200, 400, 404, 409, 501].includes(theirs.status), `${route} answers ${theirs.status}`);
  }
  assert.ok(installation.length >= 14, 'routes are missing');

  // What is new belongs where its maker does; elsewhere only if its maker looks after the installation.
  const create = ({ headers }: Somebody, login: string, organisation?: string) =>
    app.inject({
      ...{ method: 'POST', url: '/api/v1/users', headers },
      payload: { login, name: login, role: 'guest', ...(organisation === undefined ? {} : { organisation }) },
    });
  assert.equal((await create(stranger, 'into-default', 'default')).statusCode, 403);
  assert.equal((await create(installer, 'into-nowhere', 'nowhere')).statusCode, 404);
  for (const [maker, login, asked, organisation] of [
    [stranger, 'theirs', undefined, 'acme'],
    [installer, 'ours', 'default', 'default'],
  ] as const) {
    const made = await create(maker, login, asked);
    assert.equal(made.statusCode, 201, login);
    const { rows } = await pool.query('select organisation from plenum_access.authorized_user where user_id = $1', [
      made.json().id,
    ]);
    assert.deepEqual(rows, [{ organisation }], login);
  }
});
