import { newEvent } from '@plenum/event';
import { clerk, deciderCases } from '../testing/decider-cases.ts';
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

deciderCases('a credential hash', credentialHashOf, [
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
