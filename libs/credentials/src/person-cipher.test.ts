import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { PersonalPlace } from '@plenum/event';
import type { PersonKey } from '@plenum/runtime';
import fc from 'fast-check';
import { hashEncryption } from './hash-encryption.ts';
import { personCipher } from './person-cipher.ts';

const [one, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const place: PersonalPlace = { type: 'plenum.access.UserCreated', field: 'name' };
/** Whole characters: half of one has no bytes. */
const anyText = fc.string({ unit: 'binary', maxLength: 300 });

const cipher = personCipher({ current: one });
const { key: ana } = cipher.make('ana');
const outcomeOf = (key: PersonKey, at: PersonalPlace, bytes: Uint8Array) => key.decrypt(at, bytes).outcome;

describe('a key of a person', () => {
  it('decrypts what it encrypted, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.deepEqual(ana.decrypt(place, ana.encrypt(place, text)), { outcome: 'decrypted', text });
      }),
    );
  });

  it('shows nothing of the text but its length, and never encrypts twice alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 4, maxLength: 50 }), (text) => {
        const bytes = Buffer.from(ana.encrypt(place, text));
        assert.equal(bytes.includes(text), false);
        assert.notDeepEqual(bytes, Buffer.from(ana.encrypt(place, text)));
        assert.equal(bytes.length, Buffer.byteLength(text) + 33);
        assert.notEqual(bytes[0], 0, 'it would be taken for marked plain text');
      }),
    );
  });

  it('refuses what was made for another event or field, in every spelling', () => {
    const bytes = ana.encrypt({ type: 'a', field: 'b' }, 'Ana');
    for (const elsewhere of [
      { type: 'a', field: 'c' },
      { type: 'x', field: 'b' },
      { type: 'ab', field: '' },
      { type: '', field: 'ab' },
      { type: 'a","b', field: '' },
    ]) {
      assert.equal(outcomeOf(ana, elsewhere, bytes), 'tampered');
    }
  });

  it('refuses another person’s, whose key it is not, and its own under another name', () => {
    const { key: ben } = cipher.make('ben');
    assert.equal(outcomeOf(ana, place, ben.encrypt(place, 'Ben')), 'other-key');
    const { wrapped } = cipher.make('carl');
    assert.equal(cipher.unwrap('ana', wrapped).outcome, 'tampered');
  });

  it('distinguishes what a former key of the same person made from what was changed', () => {
    const { key: later } = cipher.make('ana');
    assert.notEqual(later.mark, ana.mark);
    assert.equal(outcomeOf(later, place, ana.encrypt(place, 'Ana')), 'other-key');
  });

  it('makes nothing of a changed byte or a cut', () => {
    const bytes = ana.encrypt(place, 'Ana');
    for (const index of bytes.keys()) {
      const outcome = outcomeOf(ana, place, bytes.with(index, (bytes[index] ?? 0) ^ 1));
      assert.equal(outcome, index >= 1 && index <= 4 ? 'other-key' : 'tampered', `byte ${index}`);
    }
    for (let length = 0; length < bytes.length; length += 1) {
      assert.equal(outcomeOf(ana, place, bytes.subarray(0, length)), 'tampered', `${length} bytes`);
    }
  });

  it('makes nothing of any bytes whatever, and never throws', () => {
    const head = Buffer.from(ana.encrypt(place, '')).subarray(0, 5);
    const anyBytes = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(
        fc.oneof(
          anyBytes,
          anyBytes.map((tail) => Buffer.concat([head, tail])),
        ),
        (bytes) => {
          assert.notEqual(outcomeOf(ana, place, bytes), 'decrypted');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a wrapped key', () => {
  const { key, wrapped } = cipher.make('ana');
  const text = key.encrypt(place, 'Ana');

  it('is the same key again, in every process with the master key', () => {
    const unwrapped = personCipher({ current: one }).unwrap('ana', wrapped);
    assert.ok(unwrapped.outcome === 'unwrapped');
    assert.equal(unwrapped.key.mark, key.mark);
    assert.deepEqual(unwrapped.key.decrypt(place, text), { outcome: 'decrypted', text: 'Ana' });
  });

  it('stays shut without the master key, and when it was changed', () => {
    assert.equal(personCipher({ current: other }).unwrap('ana', wrapped).outcome, 'other-key');
    for (const index of wrapped.bytes.keys()) {
      const bytes = wrapped.bytes.with(index, (wrapped.bytes[index] ?? 0) ^ 1);
      assert.equal(cipher.unwrap('ana', { ...wrapped, bytes }).outcome, 'tampered', `byte ${index}`);
    }
    for (const length of [0, 1, 28, wrapped.bytes.length - 1]) {
      const bytes = wrapped.bytes.subarray(0, length);
      assert.equal(cipher.unwrap('ana', { ...wrapped, bytes }).outcome, 'tampered', `${length} bytes`);
    }
  });

  it('outlives a change of the master key, and once wrapped again needs the former no more', () => {
    const between = personCipher({ current: other, previous: one });
    assert.equal(between.unwrap('ana', wrapped).outcome, 'unwrapped');
    const rewrapped = between.rewrap('ana', wrapped);
    assert.ok(rewrapped);
    assert.equal(rewrapped.wrappedWith, between.wrapsWith);
    const after = personCipher({ current: other });
    assert.deepEqual(after.unwrapsWith, [between.wrapsWith]);
    const unwrapped = after.unwrap('ana', rewrapped);
    assert.ok(unwrapped.outcome === 'unwrapped');
    assert.deepEqual(unwrapped.key.decrypt(place, text), { outcome: 'decrypted', text: 'Ana' });
    assert.equal(after.rewrap('ana', wrapped), undefined);
    assert.equal(after.unwrap('ana', wrapped).outcome, 'other-key');
  });

  it('is wrapped by another key than credential hashes are encrypted with', () => {
    assert.notEqual(cipher.wrapsWith, hashEncryption({ current: one }).encryptedWith);
  });
});
