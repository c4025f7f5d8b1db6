import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { secretProblem } from './secret-policy.ts';

it('takes 32 random bytes, however they are written', () => {
  const bytes = randomBytes(32);
  assert.equal(secretProblem(bytes.toString('hex')), undefined);
  assert.equal(secretProblem(bytes.toString('base64')), undefined);
  assert.equal(secretProblem('ü'.repeat(16)), undefined, 'it is bytes that count');
});

it('refuses one that is absent or short', () => {
  assert.equal(secretProblem(undefined), 'is not set');
  assert.equal(secretProblem('   '), 'is not set');
  assert.match(secretProblem('x'.repeat(31)) ?? '', /31 bytes/);
});

it('refuses defaults that everybody knows, however long', () => {
  for (const known of [
    'CHANGE-ME-IN-PRODUCTION',
    'CHANGE-ME-IN-PRODUCTION-CHANGE-ME-IN-PRODUCTION',
    'please_change_this_secret_before_going_live',
    'your-super-secret-jwt-key-of-more-than-32-bytes',
    'a-string-secret-at-least-256-bits-long',
  ])
    assert.match(secretProblem(known) ?? '', /known default/, known);
});

it('does not repeat the secret', () => {
  assert.doesNotMatch(secretProblem('hunter2') ?? '', /hunter2/);
});
