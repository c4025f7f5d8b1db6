import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { verifierSeal } from './seal.ts';

const [one, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const verifier = 'pbkdf2-sha256$600000$salt$hash';

it('opens what it sealed', () => {
  const { seal, open } = verifierSeal({ current: one });
  assert.deepEqual(open('user-1', seal('user-1', verifier)), {
    outcome: 'opened',
    text: verifier,
    needsReseal: false,
  });
});

it('shows nothing of what it sealed, and never seals twice alike', () => {
  const { seal } = verifierSeal({ current: one });
  const [first, second] = [seal('s', verifier), seal('s', verifier)];
  assert.equal(Buffer.from(first.sealed).includes('pbkdf2'), false);
  assert.notDeepEqual(first.sealed, second.sealed);
});

it('tells another key from tampering', () => {
  const sealed = verifierSeal({ current: one }).seal('s', verifier);
  const opened = verifierSeal({ current: other }).open('s', sealed);
  assert.deepEqual(opened, { outcome: 'other-key', sealedWith: sealed.sealedWith });
});

it('notices every changed byte, a cut, and another subject', () => {
  const { seal, open } = verifierSeal({ current: one });
  const { sealed, sealedWith } = seal('user-1', verifier);
  for (const index of sealed.keys()) {
    const changed = sealed.with(index, (sealed[index] ?? 0) ^ 1);
    assert.equal(open('user-1', { sealed: changed, sealedWith }).outcome, 'tampered', `byte ${index}`);
  }
  for (const length of [0, 1, 28, sealed.length - 1])
    assert.equal(open('user-1', { sealed: sealed.subarray(0, length), sealedWith }).outcome, 'tampered');
  assert.equal(open('user-2', { sealed, sealedWith }).outcome, 'tampered');
});

it('names a key the same everywhere, and opens with the former one after a change', () => {
  const before = verifierSeal({ current: one });
  assert.equal(verifierSeal({ current: one }).sealedWith, before.sealedWith);
  assert.match(before.sealedWith, /^[0-9a-f]{16}$/);
  const after = verifierSeal({ current: other, previous: one });
  assert.notEqual(after.sealedWith, before.sealedWith);
  assert.deepEqual(after.open('s', before.seal('s', verifier)), {
    outcome: 'opened',
    text: verifier,
    needsReseal: true,
  });
});
