import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestDigests } from './request-digests.ts';

const [current, previous] = ['a'.repeat(43), 'b'.repeat(43)];
const asked = { name: 'n', text: 't', holdsSecret: false };
const hex = (digests: readonly Uint8Array[]): readonly string[] =>
  digests.map((one) => Buffer.from(one).toString('hex'));

test('the same is the same under one key, and nothing else is', async () => {
  const { digest } = requestDigests({ current });
  const [one = ''] = hex(await digest(asked));
  assert.match(one, /^[0-9a-f]{64}$/);
  assert.deepEqual(hex(await requestDigests({ current }).digest(asked)), [one]);
  for (const other of [
    { ...asked, name: 'm' },
    { ...asked, text: 'u' },
    { ...asked, name: 'nt', text: '' },
    { ...asked, holdsSecret: true },
  ]) {
    assert.notDeepEqual(hex(await digest(other)), [one]);
  }
});

test('what was made under the former master key is found after the present one', async () => {
  const before = hex(await requestDigests({ current: previous }).digest(asked));
  const [now, then] = hex(await requestDigests({ current, previous }).digest(asked));
  assert.notEqual(now, then);
  assert.deepEqual([then], before);
});

test('what holds a secret is as slow as a password', async () => {
  const { digest } = requestDigests({ current });
  const start = process.cpuUsage();
  await digest({ ...asked, holdsSecret: true });
  const { user } = process.cpuUsage(start);
  // 600,000 rounds: no machine that this runs on does them in less.
  assert.ok(user > 20_000, `${user} µs`);
});
