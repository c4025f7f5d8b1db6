/** Keys of requests, as two processes on one database have them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byPlenum, newSecret, testAuthentication } from './testing/index.ts';

const ann = { id: 'ann', kind: 'user', organisation: 'default', permissions: ['*'] } as const;
const asked = { actor: ann, key: 'k', text: 'POST /a', holdsSecret: false };

test('a key is for one request of one identity, in all processes', async (t) => {
  const { authentication, another } = await testAuthentication(t);
  const other = await another();
  const begun = await authentication.requests.begin(asked);
  assert.ok(begun.outcome === 'begun');
  assert.equal((await other.requests.begin(asked)).outcome, 'in-flight');
  assert.equal((await authentication.requests.begin({ ...asked, text: 'POST /b' })).outcome, 'in-flight');
  const bobs = await other.requests.begin({ ...asked, actor: { ...ann, id: 'bob' }, text: 'POST /b' });
  assert.ok(bobs.outcome === 'begun');
  await bobs.end(true);
  await begun.end(true);

  const again = await other.requests.begin(asked);
  assert.ok(again.outcome === 'begun');
  await again.end(true);
  assert.deepEqual(again.request, begun.request);
  assert.equal((await other.requests.begin({ ...asked, text: 'POST /b' })).outcome, 'key-used');
  // A request that is refused holds nothing.
  assert.equal((await authentication.requests.begin({ ...asked, text: 'POST /b' })).outcome, 'key-used');
  // Who is called the same by an identity provider is somebody else.
  const stranger = { ...ann, kind: 'oidc' as const };
  assert.equal((await authentication.requests.begin({ ...asked, actor: stranger, text: 'POST /b' })).outcome, 'begun');
});

test('a request that was not carried out has not used its key', async (t) => {
  const { authentication } = await testAuthentication(t);
  const begun = await authentication.requests.begin(asked);
  assert.ok(begun.outcome === 'begun');
  await begun.end(false);
  assert.equal((await authentication.requests.begin({ ...asked, text: 'POST /b' })).outcome, 'begun');
});

test('a decision keeps the key in its own transaction, so a crash after it changes nothing', async (t) => {
  const { authentication, another, store } = await testAuthentication(t);
  const begun = await authentication.requests.begin(asked);
  assert.ok(begun.outcome === 'begun');
  const { request } = begun;
  const order = { ...byPlenum(), request };
  const made = await authentication.keys.issue({ ...order, name: 'meter', role: 'guest' });
  assert.equal(made.outcome, 'done');
  assert.deepEqual(await store.askedUnder(request.key), request);
  // The hold is lost, and the race with it: what was recorded still says no.
  const others = { key: request.key, fingerprint: new Uint8Array(32) };
  const other = await (await another()).keys.issue({ ...byPlenum(), request: others, name: 'lamp', role: 'guest' });
  assert.deepEqual([other.outcome, 'code' in other && other.code], ['refused', 'key-used']);
});

test('the same is known under a new master key as long as the former one is, and no password is shown', async (t) => {
  const { authentication, another, config, pool } = await testAuthentication(t);
  const secret = { ...asked, text: 'POST /a {"password":"correct horse"}', holdsSecret: true };
  const begun = await authentication.requests.begin(secret);
  assert.ok(begun.outcome === 'begun');
  await begun.end(true);
  await authentication.close();

  const PLENUM_MASTER_KEY = newSecret();
  const changed = { ...config, PLENUM_MASTER_KEY, PLENUM_MASTER_KEY_PREVIOUS: config.PLENUM_MASTER_KEY };
  const later = await another({ config: changed });
  const again = await later.requests.begin(secret);
  assert.ok(again.outcome === 'begun');
  await again.end(true);
  assert.equal(
    (await later.requests.begin({ ...secret, text: secret.text.replace('horse', 'house') })).outcome,
    'key-used',
  );
  const { rows } = await pool.query<{ readonly kept: string }>(
    "select key || encode(fingerprint, 'hex') as kept from plenum_store.request",
  );
  assert.equal(rows.length, 1);
  const text = rows[0]?.kept ?? '';
  assert.ok(!text.includes('ann') && !/horse/.test(text));
});
