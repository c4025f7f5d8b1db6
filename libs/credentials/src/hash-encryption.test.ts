import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { hashEncryption } from './hash-encryption.ts';

const [one, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const credentialHash = 'pbkdf2-sha256$600000$salt$hash';

it('opens what it encrypted', () => {
  const { encrypt, decrypt } = hashEncryption({ current: one });
  assert.deepEqual(decrypt('user-1', encrypt('user-1', credentialHash)), {
    outcome: 'decrypted',
    text: credentialHash,
    needsReencryption: false,
  });
});

it('shows nothing of what it encrypted, and never encrypts twice alike', () => {
  const { encrypt } = hashEncryption({ current: one });
  const [first, second] = [encrypt('s', credentialHash), encrypt('s', credentialHash)];
  assert.equal(Buffer.from(first.encrypted).includes('pbkdf2'), false);
  assert.notDeepEqual(first.encrypted, second.encrypted);
});

it('distinguishes another key from tampering', () => {
  const encrypted = hashEncryption({ current: one }).encrypt('s', credentialHash);
  const opened = hashEncryption({ current: other }).decrypt('s', encrypted);
  assert.deepEqual(opened, { outcome: 'other-key', encryptedWith: encrypted.encryptedWith });
});

it('notices every changed byte, a cut, and another subject', () => {
  const { encrypt, decrypt } = hashEncryption({ current: one });
  const { encrypted, encryptedWith } = encrypt('user-1', credentialHash);
  for (const index of encrypted.keys()) {
    const changed = encrypted.with(index, (encrypted[index] ?? 0) ^ 1);
    assert.equal(decrypt('user-1', { encrypted: changed, encryptedWith }).outcome, 'tampered', `byte ${index}`);
  }
  for (const length of [0, 1, 28, encrypted.length - 1])
    assert.equal(decrypt('user-1', { encrypted: encrypted.subarray(0, length), encryptedWith }).outcome, 'tampered');
  assert.equal(decrypt('user-2', { encrypted, encryptedWith }).outcome, 'tampered');
});

it('names a key the same everywhere, and opens with the former one after a change', () => {
  const before = hashEncryption({ current: one });
  assert.equal(hashEncryption({ current: one }).encryptedWith, before.encryptedWith);
  assert.match(before.encryptedWith, /^[0-9a-f]{16}$/);
  const after = hashEncryption({ current: other, previous: one });
  assert.notEqual(after.encryptedWith, before.encryptedWith);
  assert.deepEqual(after.decrypt('s', before.encrypt('s', credentialHash)), {
    outcome: 'decrypted',
    text: credentialHash,
    needsReencryption: true,
  });
});
