import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatKeyHash, formatPasswordHash, parseKeyHash, parsePasswordHash } from './credential-hash.ts';

describe('the text of a credential hash', () => {
  it('of a password comes back as it was', () => {
    const credentialHash = { iterations: 600_000, salt: 'ab'.repeat(32), hash: 'cd'.repeat(32) };
    assert.deepEqual(parsePasswordHash(formatPasswordHash(credentialHash)), credentialHash);
  });

  it('of a key comes back as it was', () => {
    assert.equal(parseKeyHash(formatKeyHash('ab'.repeat(32))), 'ab'.repeat(32));
  });

  const salt = 'ab'.repeat(16);
  const hash = 'cd'.repeat(32);
  const wrong = [
    '',
    `pbkdf2-sha1$1000$${salt}$${hash}`,
    `pbkdf2-sha256$0$${salt}$${hash}`,
    `pbkdf2-sha256$1e6$${salt}$${hash}`,
    `pbkdf2-sha256$1000$short$${hash}`,
    `pbkdf2-sha256$1000$${salt}$${hash.toUpperCase()}`,
    `pbkdf2-sha256$1000$${salt}$${hash}\n`,
    formatKeyHash(hash),
  ];
  for (const text of wrong) {
    it(`of a password is not ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.equal(parsePasswordHash(text), undefined);
    });
  }

  it('of a key is nothing else', () => {
    for (const text of ['', hash, `sha256$${hash}0`, `sha1$${hash}`]) assert.equal(parseKeyHash(text), undefined);
  });
});
