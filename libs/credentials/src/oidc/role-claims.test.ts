import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rolesIn } from './role-claims.ts';

const plain = 'urn:zitadel:iam:org:project:roles';
const where = { 9001: 'acme.zitadel.cloud' };

it('reads an object keyed by role', () => {
  assert.deepEqual(rolesIn({ [plain]: { engineer: where, admin: where } }), ['engineer', 'admin']);
});

it('reads an array of such objects', () => {
  assert.deepEqual(rolesIn({ [plain]: [{ engineer: where }, { field_worker: where, engineer: where }] }), [
    'engineer',
    'field_worker',
  ]);
});

it("reads the claim of the named project beside it, and no other project's", () => {
  const claims = {
    [plain]: { engineer: where },
    'urn:zitadel:iam:org:project:77:roles': [{ admin: where }],
    'urn:zitadel:iam:org:project:78:roles': { field_worker: where },
  };
  assert.deepEqual(rolesIn(claims), ['engineer']);
  assert.deepEqual(rolesIn(claims, '77'), ['engineer', 'admin']);
});

it('finds none in anything else', () => {
  for (const claim of [undefined, null, 'admin', ['admin'], { admin: false }, { admin: null }, 7, [null], [[{}]]])
    assert.deepEqual(rolesIn({ [plain]: claim }, '77'), [], JSON.stringify(claim));
});
