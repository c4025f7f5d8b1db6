import assert from 'node:assert/strict';
import { it } from 'node:test';
import { judgeServed } from './served-file.ts';

const whole = new TextEncoder().encode('1,2\n3,4\n');
const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
const headers = new Headers({
  'content-length': '8',
  'repr-digest': `sha-256=:${digest.toBase64()}:`,
  etag: `"${digest.toHex()}"`,
});

it('a file is whole when it is what its answer says', () => {
  assert.deepEqual(judgeServed(headers, whole), { bytes: 8, digest: digest.toHex(), problems: [] });
});

it('half a file is noticed by everything that is said of it, and another of the same length by its digest', () => {
  assert.equal(judgeServed(headers, whole.subarray(0, 4)).problems.length, 3);
  assert.equal(judgeServed(headers, whole.toReversed()).problems.length, 2);
  assert.equal(judgeServed(new Headers(), whole).problems.length, 3);
});
