import assert from 'node:assert/strict';
import { it } from 'node:test';
import { apiKeyHash, apiKeyMatches, credentialHashDigest, isApiKey, newApiKey } from './api-keys.ts';

it('a new key is 64 hexadecimal digits, its id its name and eight more, and each is another', () => {
  const [one, other] = [newApiKey('operator_key'), newApiKey('operator_key')];
  assert.match(one.key, /^[0-9a-f]{64}$/);
  assert.match(one.keyId, /^operator_key_[0-9a-f]{8}$/);
  assert.notEqual(one.key, other.key);
  assert.notEqual(one.keyId, other.keyId);
});

it('keeps the SHA-256 of its text', () => {
  assert.equal(apiKeyHash('0'.repeat(64)), '60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55');
});

it('matches its own hash and no other', () => {
  const { key, hash } = newApiKey('k');
  assert.equal(apiKeyMatches(key, hash), true);
  assert.equal(apiKeyMatches(newApiKey('k').key, hash), false);
  assert.equal(apiKeyMatches(key, ''), false);
});

it('distinguishes what can be a key from what cannot', () => {
  const { key } = newApiKey('k');
  assert.equal(isApiKey(key), true);
  for (const not of [key.toUpperCase(), key.slice(1), `${key}0`, `cpk_${key.slice(4)}`, `${key}\n`, ''])
    assert.equal(isApiKey(not), false, not);
});

it('the digest of a credential hash is not the credential hash', () => {
  const { hash } = newApiKey('k');
  assert.notEqual(credentialHashDigest(hash), hash);
  assert.equal(credentialHashDigest(hash), credentialHashDigest(hash));
});
