import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newEvent } from '@plenum/event';
import { clerk, deciderCases } from '../testing/decider-cases.ts';
import { formatKeyVerifier, formatPasswordVerifier, parseKeyVerifier, parsePasswordVerifier } from './verifier.ts';
import { VerifierSealed, VerifierWithdrawn } from './verifier-events.ts';
import { verifierOf } from './verifier-of.ts';

const subject = 'u';
const sealed = { bytes: Uint8Array.of(1), sealedWith: 'key' };
const password = { do: 'seal', subject, kind: 'password', sealed } as const;
const key = { do: 'seal', subject, kind: 'api_key', sealed } as const;
const withdraw = { do: 'withdraw', subject, actor: clerk } as const;
const sealedPassword = newEvent(VerifierSealed, {
  subject,
  kind: 'password',
  sealed: sealed.bytes,
  sealed_with: 'key',
});
const sealedKey = newEvent(VerifierSealed, { subject, kind: 'api_key', sealed: sealed.bytes, sealed_with: 'key' });
const withdrawn = newEvent(VerifierWithdrawn, { subject, by: 'boss' });

deciderCases('a verifier', verifierOf, [
  { name: 'is sealed', when: password, leadsTo: ['VerifierSealed'] },
  { name: 'is replaced', given: [sealedPassword], when: password, leadsTo: ['VerifierSealed'] },
  { name: 'does not become one of another kind', given: [sealedPassword], when: key, leadsTo: 'invalid' },
  { name: 'is not empty', when: { ...password, sealed: { ...sealed, bytes: new Uint8Array() } }, leadsTo: 'invalid' },
  { name: 'is withdrawn', given: [sealedKey], when: withdraw, leadsTo: ['VerifierWithdrawn'] },
  { name: 'is withdrawn already', given: [sealedKey, withdrawn], when: withdraw, leadsTo: [] },
  { name: 'that never was is not withdrawn', when: withdraw, leadsTo: [] },
  { name: 'of a revoked key does not come back', given: [sealedKey, withdrawn], when: key, leadsTo: 'not-now' },
  { name: 'of a password comes back', given: [sealedPassword, withdrawn], when: password, leadsTo: ['VerifierSealed'] },
]);

describe("a verifier's text", () => {
  it('of a password comes back as it was', () => {
    const verifier = { iterations: 600_000, salt: 'ab'.repeat(32), hash: 'cd'.repeat(32) };
    assert.deepEqual(parsePasswordVerifier(formatPasswordVerifier(verifier)), verifier);
  });

  it('of a key comes back as it was', () => {
    assert.equal(parseKeyVerifier(formatKeyVerifier('ab'.repeat(32))), 'ab'.repeat(32));
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
    formatKeyVerifier(hash),
  ];
  for (const text of wrong) {
    it(`of a password is not ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.equal(parsePasswordVerifier(text), undefined);
    });
  }

  it('of a key is nothing else', () => {
    for (const text of ['', hash, `sha256$${hash}0`, `sha1$${hash}`]) assert.equal(parseKeyVerifier(text), undefined);
  });
});
