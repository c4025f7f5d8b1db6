import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { UserShown } from '@plenum/access';
import type { Authentication } from '@plenum/authentication';
import type { CommandMetadata } from '@plenum/event';
import type { ShownVersion } from '@plenum/read-model';
import { TransientFailure } from '@plenum/runtime';
import { fakeApp } from '../testing/fake-app.ts';
import { fakeAuthentication, somebody } from '../testing/fake-authentication.ts';

const admin = { ...somebody, permissions: ['*'] };
const id = '01900000-0000-7000-8000-000000000001';
const row: UserShown = {
  organisation: 'default',
  ...{ user_id: id, login: 'ann', name: 'Ann', email: null, role: 'guest', permissions: ['read:sensors'] },
  ...{ is_active: true, locked_until: null, created_at: '2026-03-04T09:15:02.118204Z' },
  ...{
    changed_at: '2026-03-04T09:15:02.118204Z',
    imported_id: null,
    stream_version: 3,
    event_id: id,
    log_partition: 0,
    log_offset: 7,
  },
};

const appWith = (t: TestContext, users: Partial<Authentication['users']>, shown: ShownVersion, there?: UserShown) =>
  fakeApp(t, {
    reads: { versions: { shown }, users: { byId: async () => there } },
    authentication: fakeAuthentication({
      authenticate: () => ({ outcome: 'authenticated', identity: admin, described: { roles: [] } }),
      users,
    }),
  });

const done = { outcome: 'done', how: 'recorded', id, stream: `user-${id}`, version: 3 } as const;
const unread = async (): Promise<never> => {
  throw new Error('Nobody asked to wait');
};

test('a command is answered once it is decided, and says where the rest is', async (t) => {
  const given: (CommandMetadata & { readonly login: string })[] = [];
  const create: Authentication['users']['create'] = async (asked) => {
    given.push(asked);
    return { ...done, secret: 'shown once' };
  };
  const app = await appWith(t, { create }, unread);
  const { statusCode, headers, body } = await app.inject({
    method: 'POST',
    url: '/api/v1/users',
    headers: { 'idempotency-key': 'my-1', 'x-request-id': 'r-1' },
    payload: { login: 'ann', name: 'Ann', role: 'guest' },
  });
  assert.equal(statusCode, 201);
  assert.equal(headers.location, `/api/v1/users/${id}`);
  assert.equal(headers.etag, '"3"');
  const self = `/api/v1/users/${id}`;
  const expected = { id, version: 3, outcome: 'recorded', self, status: `${self}/versions/3`, password: 'shown once' };
  assert.deepEqual(JSON.parse(body), expected);
  const [{ actor, id: commandId, trace, login } = { actor: undefined }] = given;
  assert.deepEqual([actor, commandId, trace, login], [admin, 'my-1', { correlationId: 'r-1' }, 'ann']);
});

test('without a key of its own every request is a command of its own', async (t) => {
  const ids: string[] = [];
  const disable: Authentication['users']['disable'] = async (_, { id: commandId }) => {
    ids.push(commandId);
    return done;
  };
  const app = await appWith(t, { disable }, unread);
  for (let n = 0; n < 2; n += 1) await app.inject({ method: 'POST', url: `/api/v1/users/${id}/disable` });
  assert.equal(new Set(ids).size, 2);
  const headers = { 'idempotency-key': 'with a space' };
  const refused = await app.inject({ method: 'POST', url: `/api/v1/users/${id}/disable`, headers });
  assert.equal(refused.statusCode, 400);
});

test('who waits is answered when it can be read', async (t) => {
  let looks = 0;
  const shown = async () => {
    looks += 1;
    return looks < 3 ? 2 : 3;
  };
  const app = await appWith(t, { enable: async () => done }, shown);
  const headers = { prefer: 'respond-async, wait=5' };
  const answer = await app.inject({ method: 'POST', url: `/api/v1/users/${id}/enable`, headers });
  assert.deepEqual([answer.statusCode, answer.headers['preference-applied'], looks], [200, 'wait=5', 3]);
});

test('a client that waits in vain is answered with where to look, also while nothing can be read', async (t) => {
  for (const shown of [
    async () => undefined,
    async () => {
      throw new TransientFailure('08006', 'the database is away');
    },
  ]) {
    const app = await appWith(t, { enable: async () => done }, shown);
    const headers = { prefer: 'wait=0' };
    const answer = await app.inject({ method: 'POST', url: `/api/v1/users/${id}/enable`, headers });
    assert.equal(answer.statusCode, 202);
    assert.equal(answer.headers.location, `/api/v1/users/${id}/versions/3`);
    assert.equal(JSON.parse(answer.body).version, 3);
  }
});

test('a status says whether a version is shown', async (t) => {
  const app = await appWith(t, {}, unread, row);
  const status = async (version: number) =>
    JSON.parse((await app.inject(`/api/v1/users/${id}/versions/${version}`)).body);
  assert.deepEqual(await status(3), { id, version: 3, state: 'shown', shown_version: 3, self: `/api/v1/users/${id}` });
  assert.equal((await status(4)).state, 'pending');
});

test('a command on another version than there is says what the version is', async (t) => {
  const expected: (number | undefined)[] = [];
  const change: Authentication['users']['change'] = async (_, metadata) => {
    expected.push(metadata.expectedVersion);
    return { outcome: 'conflict', stream: `user-${id}`, version: 7 };
  };
  const app = await appWith(t, { change }, unread);
  const patch = (headers: Record<string, string>) =>
    app.inject({ method: 'PATCH', url: `/api/v1/users/${id}`, headers, payload: { name: 'Anna' } });
  const failed = await patch({ 'if-match': '"6"' });
  assert.deepEqual([failed.statusCode, failed.headers.etag, JSON.parse(failed.body).version], [412, '"7"', 7]);
  const conflict = await patch({});
  assert.deepEqual([conflict.statusCode, JSON.parse(conflict.body).version], [409, 7]);
  assert.equal((await patch({ 'if-match': '*' })).statusCode, 409, 'no version was asked for');
  assert.equal((await patch({ 'if-match': 'W/"6"' })).statusCode, 400);
  assert.deepEqual(expected, [6, undefined, undefined]);
});

test('no version can be asked of what makes something or ends many things', async (t) => {
  const app = await appWith(t, {}, unread);
  const user = { login: 'ann', name: 'Ann', role: 'guest' };
  for (const [asked, payload] of [
    ['POST /api/v1/users', user],
    ['POST /api/v1/keys', { name: 'meter', role: 'guest' }],
    ['POST /api/v1/sessions', { login: 'ann', password: 'a password of ann' }],
    ['POST /api/v1/me/password', { password: 'a password of ann', new_password: 'another password' }],
    [`DELETE /api/v1/users/${id}/sessions`, undefined],
  ] as const) {
    const [method, url] = asked.split(' ') as ['POST' | 'DELETE', string]; // As they stand above.
    const answer = await app.inject({ method, url, headers: { 'if-match': '"6"' }, ...(payload && { payload }) });
    assert.deepEqual([answer.statusCode, JSON.parse(answer.body).type], [400, '/problems/validation'], asked);
  }
});

test('a rule that says no is answered in its words', async (t) => {
  for (const [code, status] of [
    ['exists', 409],
    ['not-now', 409],
    ['not-found', 404],
    ['forbidden', 403],
    ['invalid', 422],
  ] as const) {
    const unlock: Authentication['users']['unlock'] = async () => ({
      outcome: 'refused',
      code,
      reason: 'In its words.',
    });
    const app = await appWith(t, { unlock }, unread);
    const { statusCode, body } = await app.inject({ method: 'POST', url: `/api/v1/users/${id}/unlock` });
    assert.deepEqual([statusCode, JSON.parse(body).detail], [status, 'In its words.']);
  }
});

test('an entity has its version as ETag', async (t) => {
  const app = await appWith(t, {}, unread, row);
  const first = await app.inject(`/api/v1/users/${id}`);
  assert.deepEqual([first.statusCode, first.headers.etag], [200, '"3"']);
  const again = await app.inject({ url: `/api/v1/users/${id}`, headers: { 'if-none-match': '"2", "3"' } });
  assert.deepEqual([again.statusCode, again.body], [304, '']);
});
