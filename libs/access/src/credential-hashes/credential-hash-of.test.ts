import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newEvent } from '@plenum/event';
import { clerk, deciderCases } from '../testing/decider-cases.ts';
import { formatKeyHash, formatPasswordHash, parseKeyHash, parsePasswordHash } from './credential-hash.ts';
import { CredentialHashEncrypted, CredentialHashWithdrawn } from './credential-hash-events.ts';
import { credentialHashOf } from './credential-hash-of.ts';

const subject = 'u';
const encrypted = { bytes: Uint8Array.of(1), encryptedWith: 'key' };
const password = { do: 'encrypt', subject, kind: 'password', encrypted } as const;
const key = { do: 'encrypt', subject, kind: 'api_key', encrypted } as const;
const withdraw = { do: 'withdraw', subject, actor: clerk } as const;
const encryptedPasswordHash = newEvent(CredentialHashEncrypted, {
  subject,
  kind: 'password',
  encrypted: encrypted.bytes,
  encrypted_with: 'key',
});
const encryptedKey = newEvent(CredentialHashEncrypted, {
  subject,
  kind: 'api_key',
  encrypted: encrypted.bytes,
  encrypted_with: 'key',
});
const withdrawn = newEvent(CredentialHashWithdrawn, { subject, by: 'boss' });

deciderCases('a credentialHash', credentialHashOf, [
  { name: 'is encrypted', when: password, leadsTo: ['CredentialHashEncrypted'] },
  { name: 'is replaced', given: [encryptedPasswordHash], when: password, leadsTo: ['CredentialHashEncrypted'] },
  { name: 'does not become one of another kind', given: [encryptedPasswordHash], when: key, leadsTo: 'invalid' },
  {
    name: 'is not empty',
    when: { ...password, encrypted: { ...encrypted, bytes: new Uint8Array() } },
    leadsTo: 'invalid',
  },
  { name: 'is withdrawn', given: [encryptedKey], when: withdraw, leadsTo: ['CredentialHashWithdrawn'] },
  { name: 'is withdrawn already', given: [encryptedKey, withdrawn], when: withdraw, leadsTo: [] },
  { name: 'that never was is not withdrawn', when: withdraw, leadsTo: [] },
  { name: 'of a revoked key does not come back', given: [encryptedKey, withdrawn], when: key, leadsTo: 'not-now' },
  {
    name: 'of a password comes back',
    given: [encryptedPasswordHash, withdrawn],
    when: password,
    leadsTo: ['CredentialHashEncrypted'],
  },
]);

describe("a credentialHash's text", () => {
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
