import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionShown } from '@plenum/access';
import { fakeApp } from '../../testing/fake-app.ts';
import { fakeAuthentication, somebody } from '../../testing/fake-authentication.ts';

const tokenId = 'f'.repeat(32);
const session: SessionShown = {
  ...{ token_id: tokenId, user_id: 'ann', organisation: 'default', role: 'guest', permissions: ['read:sensors'] },
  ...{ issued_at: '2026-03-04T09:15:02.118204Z', expires_at: '2026-03-05T09:15:02.118204Z' },
  ...{ is_revoked: false, device_info: null, ended_at: null, end_reason: null, ended_by: null },
  ...{ stream_version: 1, event_id: 'e', log_partition: 0, log_offset: 7 },
};

test('whether somebody else has a session is not revealed, wherever one asks', async (t) => {
  const statusTo = async (user: string, permissions: readonly string[], id: string) => {
    const identity = { ...somebody, id: user, kind: 'user' as const, permissions };
    const app = await fakeApp(t, {
      reads: { sessions: { byId: async (asked) => (asked === tokenId ? session : undefined) } },
      authentication: fakeAuthentication({
        authenticate: () => ({ outcome: 'authenticated', identity, described: { roles: [] } }),
      }),
    });
    const one = await app.inject(`/api/v1/sessions/${id}`);
    const version = await app.inject(`/api/v1/sessions/${id}/versions/1`);
    const { state, shown_version } = JSON.parse(version.body);
    return [one.statusCode, version.statusCode, version.headers['retry-after'], state, shown_version];
  };
  const nothing = [404, 200, '1', 'pending', null];
  const shown = [200, 200, undefined, 'shown', 1];
  assert.deepEqual(await statusTo('bob', [], tokenId), nothing);
  assert.deepEqual(await statusTo('bob', [], 'e'.repeat(32)), nothing);
  assert.deepEqual(await statusTo('ann', [], tokenId), shown);
  assert.deepEqual(await statusTo('bob', ['admin:users'], tokenId), shown);
});

test('a user who logs in may wait until their session can be read', async (t) => {
  let looks = 0;
  const user = { id: 'ann', login: 'ann', name: 'Ann', email: undefined, role: 'guest', permissions: [] } as const;
  const times = { issuedAtUs: 1_772_615_702_118_204, expiresAtUs: 1_772_702_102_118_204 };
  const started = {
    outcome: 'started',
    token: 'a.b.c',
    tokenId,
    ...times,
    user,
    stream: 'session-1',
    version: 1,
  } as const;
  const app = await fakeApp(t, {
    reads: {
      versions: {
        shown: async () => {
          looks += 1;
          return looks < 3 ? undefined : 1;
        },
      },
    },
    authentication: fakeAuthentication({ logins: { login: async () => started } }),
  });
  const login = async (prefer: string) => {
    const payload = { login: 'ann', password: 'a password of ann' };
    const { statusCode, headers } = await app.inject({
      method: 'POST',
      url: '/api/v1/sessions',
      headers: { prefer },
      payload,
    });
    return [statusCode, headers['preference-applied'], headers.location, looks];
  };
  const self = `/api/v1/sessions/${tokenId}`;
  assert.deepEqual(await login('respond-async'), [201, undefined, self, 0]);
  assert.deepEqual(await login('wait=0'), [202, 'wait=0', `${self}/versions/1`, 1]);
  assert.deepEqual(await login('wait=5'), [201, 'wait=5', self, 3]);
});
