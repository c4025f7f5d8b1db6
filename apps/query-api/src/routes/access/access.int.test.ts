/** People and keys over HTTP, from the first order to what the read models show: everything as it is in earnest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { byPlenum, done, newKey } from '@plenum/authentication/testing';
import type { FastifyInstance } from 'fastify';
import { accessWorld } from '../../testing/access-world.ts';

type Asking = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
};

const ask = async (app: FastifyInstance, asked: string, { headers = {}, body }: Asking = {}) => {
  const [method = 'GET', url = '/'] = asked.split(' ');
  const answer = await app.inject({
    method: method as 'GET', // Written in the tests below.
    url,
    headers: { ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? undefined : answer.json() };
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a user is made, logs in, is changed, and is thrown out', async (t) => {
  const { app, projecting, asAdministrator } = await accessWorld(t);
  const body = { login: 'Ann', name: 'Ann Arbor', role: 'operator' };
  const headers = { ...asAdministrator, prefer: 'wait=10', 'idempotency-key': 'make-ann' };
  const made = await projecting(ask(app, 'POST /api/v1/users', { headers, body }));
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { self, password } = made.body;

  const again = await ask(app, 'POST /api/v1/users', { headers: { ...headers, prefer: '' }, body });
  assert.deepEqual(
    [again.status, again.body.id, again.body.outcome, again.body.password],
    [201, made.body.id, 'known', null],
  );
  const other = await ask(app, 'POST /api/v1/users', { headers: asAdministrator, body: { ...body, login: 'ANN' } });
  assert.deepEqual([other.status, other.body.type], [409, '/problems/conflict']);

  const shown = await ask(app, `GET ${self}`, { headers: asAdministrator });
  assert.deepEqual([shown.status, shown.body.login, shown.headers.etag], [200, 'Ann', made.headers.etag]);
  const started = await ask(app, 'POST /api/v1/sessions', { body: { login: 'ann', password } });
  assert.equal(started.status, 201, JSON.stringify(started.body));
  const asAnn = bearer(started.body.token);
  const me = await ask(app, 'GET /api/v1/me', { headers: asAnn });
  assert.deepEqual([me.body.kind, me.body.role, me.body.token_id], ['user', 'operator', started.body.token_id]);
  assert.equal((await ask(app, 'GET /api/v1/users', { headers: asAnn })).status, 403);

  const stale = { ...asAdministrator, 'if-match': '"7"' };
  const failed = await ask(app, `PATCH ${self}`, { headers: stale, body: { role: 'guest' } });
  assert.deepEqual(
    [failed.status, failed.body.version, failed.headers.etag],
    [412, made.body.version, made.headers.etag],
  );
  const seen = { ...asAdministrator, 'if-match': String(made.headers.etag) };
  const changed = await ask(app, `PATCH ${self}`, { headers: seen, body: { role: 'guest' } });
  assert.deepEqual([changed.status, changed.body.version], [200, made.body.version + 1]);
  assert.equal((await ask(app, 'GET /api/v1/me', { headers: asAnn })).body.role, 'guest');

  const ended = await ask(app, `DELETE ${self}/sessions`, { headers: asAdministrator });
  assert.deepEqual([ended.status, ended.body.ended], [200, [started.body.token_id]]);
  const refused = await ask(app, 'GET /api/v1/me', { headers: asAnn });
  assert.deepEqual([refused.status, refused.body.code], [401, 'revoked']);
});

test('users change their own password, see their own sessions, and end them', async (t) => {
  const { app, projecting, asAdministrator } = await accessWorld(t);
  const body = { login: 'bob', name: 'Bob', role: 'guest', password: 'a password of bob' };
  await ask(app, 'POST /api/v1/users', { headers: asAdministrator, body });
  const login = (password: string) => ask(app, 'POST /api/v1/sessions', { body: { login: 'bob', password } });
  const [one, two] = [await login('a password of bob'), await login('a password of bob')];
  const headers = bearer(one.body.token);
  const wrong = { password: 'not the password', new_password: 'another password' };
  assert.equal((await ask(app, 'POST /api/v1/me/password', { headers, body: wrong })).status, 403);
  const right = { password: 'a password of bob', new_password: 'another password' };
  const changed = await ask(app, 'POST /api/v1/me/password', { headers, body: right });
  assert.deepEqual([changed.status, changed.body], [200, { sessions_ended: 1 }]);
  assert.equal((await ask(app, 'GET /api/v1/me', { headers: bearer(two.body.token) })).status, 401);
  assert.equal((await login('a password of bob')).status, 401);

  const statusUrl = `GET /api/v1/sessions/${one.body.token_id}/versions/1`;
  const state = async () => (await ask(app, statusUrl, { headers: asAdministrator })).body.state;
  await projecting(until(async () => (await state()) === 'shown'));
  // A reaction ends the other one in its own stream.
  const other = `GET /api/v1/sessions/${two.body.token_id}`;
  await projecting(until(async () => (await ask(app, other, { headers: asAdministrator })).body.is_revoked === true));
  const live = await ask(app, 'GET /api/v1/sessions?live=true', { headers });
  assert.deepEqual(
    live.body.items.map((session: { readonly token_id: string }) => session.token_id),
    [one.body.token_id],
  );
  const { id } = (await ask(app, 'GET /api/v1/me', { headers: asAdministrator })).body;
  assert.equal((await ask(app, `GET /api/v1/sessions?user=${id}`, { headers })).status, 403);
  const out = await ask(app, `DELETE /api/v1/sessions/${one.body.token_id}`, { headers });
  assert.equal(out.status, 200);
  assert.equal((await ask(app, 'GET /api/v1/me', { headers })).status, 401);
});

/** Looks seldom enough that an administrator's limit of a thousand requests a minute is never what it meets. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await setTimeout(100);
};

test('a key is issued once, limited, disabled and revoked', async (t) => {
  const { app, projecting, asAdministrator } = await accessWorld(t);
  const headers = { ...asAdministrator, prefer: 'wait=10' };
  const body = { name: 'meter', role: 'guest', rate_limit: 1000, expires_at: null };
  const issued = await projecting(ask(app, 'POST /api/v1/keys', { headers, body }));
  assert.equal(issued.status, 201, JSON.stringify(issued.body));
  assert.match(issued.body.key, /^[0-9a-f]{64}$/);
  const { self, key } = issued.body;
  const asMeter = { 'x-api-key': key };
  assert.equal((await ask(app, 'GET /api/v1/nodes', { headers: asMeter })).headers['x-ratelimit-limit'], '1000');

  const shown = await ask(app, `GET ${self}`, { headers: asAdministrator });
  assert.deepEqual([shown.body.name, shown.body.expires_at, shown.body.is_active], ['meter', null, true]);
  assert.equal(JSON.stringify(shown.body).includes(key), false);
  assert.equal((await ask(app, `POST ${self}/disable`, { headers: asAdministrator })).status, 200);
  assert.equal((await ask(app, 'GET /api/v1/nodes', { headers: asMeter })).status, 401);
  assert.equal((await ask(app, `POST ${self}/enable`, { headers: asAdministrator })).status, 200);
  assert.equal((await ask(app, 'GET /api/v1/nodes', { headers: asMeter })).status, 200);
  assert.equal((await ask(app, `DELETE ${self}`, { headers: asAdministrator })).status, 200);
  assert.equal((await ask(app, 'GET /api/v1/nodes', { headers: asMeter })).status, 401);
  const revived = await ask(app, `POST ${self}/enable`, { headers: asAdministrator });
  assert.equal(revived.status, 409);
  const bad = { ...body, name: 'meter 2' };
  assert.equal((await ask(app, 'POST /api/v1/keys', { headers: asAdministrator, body: bad })).status, 422);
  const strange = { ...body, permissions: ['Everything'] };
  assert.equal((await ask(app, 'POST /api/v1/keys', { headers: asAdministrator, body: strange })).status, 422);
});

test('clients of the replaced building system log in, ask, issue a key and log out', async (t) => {
  const { app, authentication } = await accessWorld(t);
  const user = { login: 'root', name: 'Root', role: 'administrator', password: 'correct horse' } as const;
  const { id } = await done(authentication.users.create({ ...byPlenum(), ...user }));
  const wrong = { username: 'root', password: 'admin' };
  const refused = await ask(app, 'POST /api/auth/login', { body: wrong });
  assert.deepEqual([refused.status, refused.body], [401, { success: false, error: 'Invalid credentials' }]);

  const body = { username: 'root', password: 'correct horse' };
  const { status, body: started } = await ask(app, 'POST /api/auth/login', { body });
  assert.deepEqual([status, started.success, started.user], [200, true, { id, role: 'administrator' }]);
  const headers = bearer(started.token);
  assert.deepEqual((await ask(app, 'GET /api/auth/validate', { headers })).body, {
    success: true,
    authenticated: true,
    user: { id, role: 'administrator', permissions: ['*'] },
    auth_method: 'jwt',
  });
  const fresh = await ask(app, 'POST /api/auth/api-keys', { headers, body: { name: 'old', role: 'operator' } });
  assert.match(fresh.body.key, /^[0-9a-f]{64}$/);
  const byKey = await ask(app, 'GET /api/auth/validate', { headers: { 'x-api-key': fresh.body.key } });
  assert.deepEqual([byKey.body.auth_method, byKey.headers['x-ratelimit-limit']], ['api_key', '100']);
  assert.equal((await ask(app, 'GET /api/iot/network/status', { headers })).status, 200);

  assert.deepEqual((await ask(app, 'POST /api/auth/logout', { headers })).body, {
    success: true,
    message: 'Logged out successfully',
  });
  const after = await ask(app, 'GET /api/iot/network/status', { headers });
  assert.deepEqual([after.status, after.body], [401, { success: false, error: 'Authentication required' }]);
});

test('crews are known by the token of their provider', async (t) => {
  const { app, provider } = await accessWorld(t);
  const claims = {
    sub: '2501',
    email: 'crew@example.org',
    'urn:zitadel:iam:org:project:roles': { engineer: { 9001: 'acme.example' } },
  };
  const headers = bearer(await provider.token(claims));
  for (const prefix of ['', '/api']) {
    const me = await ask(app, `GET ${prefix}/auth/me`, { headers });
    assert.deepEqual(me.body, { sub: '2501', email: 'crew@example.org', name: '', roles: ['engineer'] });
    const roles = await ask(app, `GET ${prefix}/auth/roles`, { headers });
    assert.deepEqual([roles.body.is_admin, roles.body.is_engineer, roles.body.is_field_worker], [false, true, true]);
  }
  const nobody = await ask(app, 'GET /auth/me', { headers: bearer(await provider.token({ sub: 'nobody' })) });
  assert.equal(nobody.status, 403);
});

test('who knocked can be read by those who watch', async (t) => {
  const { app, authentication, projecting, asAdministrator } = await accessWorld(t);
  const unknown = { 'x-api-key': 'f'.repeat(64) };
  await ask(app, 'GET /api/v1/nodes', { headers: unknown });
  const guest = await newKey(authentication, 'guest');
  await ask(app, 'GET /api/v1/users', { headers: { 'x-api-key': guest.key } });
  // Who was not made out belongs to no organisation.
  const watching = { name: 'watch', role: 'guest', permissions: ['admin:security', 'admin:organisations'] } as const;
  const { secret: watch = '' } = await done(authentication.keys.issue({ ...byPlenum(), ...watching }));
  const types = async () => {
    const { body } = await ask(app, 'GET /api/v1/security-events', { headers: { 'x-api-key': watch } });
    return body.items.map((event: { readonly event_type: string }) => event.event_type);
  };
  const wanted = ['authentication_failed', 'authorization_failed', 'authentication_success'];
  const areSeen = async (): Promise<boolean> => {
    const seen = await types();
    return wanted.every((type) => seen.includes(type));
  };
  await projecting(until(areSeen));
  const failed = await ask(app, 'GET /api/v1/security-events?type=authorization_failed', { headers: asAdministrator });
  const [event] = failed.body.items;
  assert.deepEqual([event.user_id, event.resource, event.success], [guest.id, '/api/v1/users', false]);
  assert.equal(failed.body.items.length, 1);
});

test('permissions that there are not are given to nobody, and named', async (t) => {
  const { app, asAdministrator: headers } = await accessWorld(t);
  const permissions = ['read:sensors', 'read:everything', 'projects:write'];
  const unknown = /There are no such permissions: read:everything, projects:write\./;
  for (const [route, body] of [
    ['POST /api/v1/keys', { name: 'k', role: 'guest' }],
    ['POST /api/v1/users', { login: 'ana', name: 'Ana', role: 'guest' }],
    ['POST /api/auth/api-keys', { name: 'k', role: 'guest' }],
  ] as const) {
    const answer = await ask(app, route, { headers, body: { ...body, permissions } });
    assert.equal(answer.status, 422, route);
    assert.match(JSON.stringify(answer.body), unknown, route);
  }
});
