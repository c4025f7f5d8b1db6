/** API keys of a replaced system, which kept the SHA-256 of each. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { byPlenum, done, newKey, shown, testAuthentication } from './testing/index.ts';

/** As the replaced system made and kept one. */
const keptKey = (name: string) => {
  const key = randomBytes(32).toString('hex');
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { key, kept: { keyId: `${name}_${randomBytes(4).toString('hex')}`, name, role: 'guest', sha256 } as const };
};

it('an imported key opens what its list says, once imported and until it is revoked', async (t) => {
  const { authentication, pool } = await testAuthentication(t);
  const { key, kept } = keptKey('dash');
  const asked = { ...kept, permissions: ['read:data'], rateLimit: 7 };
  const outcome = async () => {
    const answer = await authentication.authenticate(shown({ key }));
    return answer.outcome === 'authenticated' ? answer.identity : answer.outcome;
  };
  assert.equal(await outcome(), 'refused');
  assert.deepEqual(await authentication.keys.wouldImport(asked), { outcome: 'new' });
  assert.equal(await outcome(), 'refused', 'it was only asked');
  const { id } = await done(authentication.keys.import(asked));
  assert.deepEqual(await outcome(), {
    ...{
      id: kept.keyId,
      kind: 'key',
      organisation: 'default',
      role: 'guest',
      permissions: ['read:data'],
      method: 'api_key',
      rateLimit: 7,
    },
  });
  assert.equal((await done(authentication.keys.import({ ...asked, role: 'administrator' }))).how, 'known');
  assert.deepEqual(await authentication.keys.wouldImport(asked), { outcome: 'known' });
  const { rows } = await pool.query('select g::text as row from plenum_access.authorized_key g');
  assert.ok(!JSON.stringify(rows).includes(kept.sha256), 'what a key is checked against is encrypted');
  await done(authentication.keys.revoke(id, byPlenum()));
  await done(authentication.keys.import(asked));
  assert.equal(await outcome(), 'refused', 'it does not come back');
});

it('a key is not imported over another, expired, or against the rules of every key', async (t) => {
  const { authentication } = await testAuthentication(t);
  const { kept } = keptKey('dash');
  await done(authentication.keys.import(kept));
  const { id } = await newKey(authentication, 'guest', 'other');
  const { kept: sound } = keptKey('dash');
  for (const [wrong, code] of [
    [{ ...sound, sha256: kept.sha256 }, 'exists'],
    [{ ...sound, keyId: id, name: 'other' }, 'exists'],
    [{ ...sound, keyId: 'elsewhere_1' }, 'invalid'],
    [{ ...sound, keyId: 'dash_a b' }, 'invalid'],
    [{ ...sound, expiresAtUs: 1 }, 'invalid'],
    [{ ...sound, rateLimit: 0.5 }, 'invalid'],
    [{ ...sound, permissions: ['everything'] }, 'invalid'],
  ] as const) {
    for (const answer of [await authentication.keys.wouldImport(wrong), await authentication.keys.import(wrong)]) {
      assert.ok(answer.outcome === 'refused' && answer.code === code, JSON.stringify([wrong, answer]));
    }
  }
  await done(authentication.keys.import(sound));
});
