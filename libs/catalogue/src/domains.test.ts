import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allows, rolePermissions } from '@plenum/access';
import { conflictsOf } from '@plenum/domain/testing';
import { domains, permissions } from './index.ts';

it('no two domains use the same name for anything', async () => {
  assert.ok(domains.length >= 3);
  assert.deepEqual(await conflictsOf(domains), []);
});

it('every permission that comes with a role is declared by somebody', () => {
  for (const entry of Object.values(rolePermissions).flat()) {
    assert.ok(
      Object.keys(permissions).some((name) => allows([entry], name)),
      entry,
    );
  }
});
