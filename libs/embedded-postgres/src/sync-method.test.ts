import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syncMethod } from './sync-method.ts';

test('whole file systems are synced only where that reports errors', () => {
  assert.equal(syncMethod('linux', '5.8.0-53-generic'), 'syncfs');
  assert.equal(syncMethod('linux', '6.1.0'), 'syncfs');
  assert.equal(syncMethod('linux', '5.7.19'), 'fsync');
  assert.equal(syncMethod('linux', '4.18.0-553.el8_10.x86_64'), 'fsync');
  assert.equal(syncMethod('darwin', '24.1.0'), 'fsync');
});
