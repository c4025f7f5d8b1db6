import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parkedUnder } from './parked-under.ts';

it('leaves a key as it is, up to 500 letters', () => {
  for (const key of ['', 'ceiling_node_001', 'x'.repeat(500)]) assert.equal(parkedUnder(key), key);
});

it('names a longer one so that an index takes it and no other is taken for it', () => {
  const long = '\\'.repeat(199) + '😀'.repeat(20_000);
  const name = parkedUnder(long);
  assert.notEqual(name, parkedUnder(`${long}x`));
  assert.ok(name.isWellFormed());
  // Each backslash is kept as two.
  assert.ok(Buffer.byteLength(name.replaceAll('\\', '\\\\')) < 2_000);
});
