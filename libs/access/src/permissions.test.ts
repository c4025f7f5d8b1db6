import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  allows,
  both,
  isPermissionEntry,
  permissions,
  providerGrant,
  type Role,
  rolePermissions,
  roles,
} from './permissions.ts';

/** Beside those that other domains declare. */
const names = [
  ...Object.keys(permissions),
  ...['read:sensors', 'read:quarantine', 'read:devices', 'read:projection', 'read:exports', 'write:exports'],
  ...['read:projects', 'write:projects', 'approve:projects', 'read:commands'],
];

describe('roles', () => {
  /** As the replaced system had it, and of projects as its clients need; who changes a role changes this table too. */
  const matrix: Readonly<Record<string, readonly Role[]>> = {
    'read:sensors': ['guest', 'operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'read:maintenance': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'read:energy': ['operator', 'administrator', 'field_worker', 'engineer', 'admin'],
    'read:data': ['administrator', 'field_worker', 'engineer', 'admin'],
    'read:quarantine': ['administrator', 'field_worker', 'engineer', 'admin'],
    'read:devices': ['administrator', 'field_worker', 'engineer', 'admin'],
    'read:projection': ['administrator', 'field_worker', 'engineer', 'admin'],
    'read:fibre': ['administrator', 'field_worker', 'engineer', 'admin'],
    'read:exports': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'write:exports': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'read:commands': ['operator', 'administrator', 'field_worker', 'engineer', 'admin'],
    'write:commands': ['operator', 'administrator', 'admin'],
    'write:nodes': ['administrator', 'admin'],
    'write:sensor_data': ['administrator', 'admin'],
    'write:maintenance': ['maintenance', 'administrator', 'admin'],
    'write:fibre': ['administrator', 'field_worker', 'engineer', 'admin'],
    'write:own_work_orders': ['administrator', 'field_worker', 'engineer', 'admin'],
    'write:work_orders': ['administrator', 'engineer', 'admin'],
    'read:projects': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'write:projects': ['operator', 'administrator', 'engineer', 'admin'],
    'approve:projects': ['administrator', 'admin'],
    'admin:projects': ['administrator', 'admin'],
    'admin:users': ['administrator', 'admin'],
    'admin:api_keys': ['administrator', 'admin'],
    'admin:security': ['administrator', 'admin'],
    'admin:organisations': [],
  };

  it('may do what the matrix says, of every permission there is', () => {
    assert.deepEqual(Object.keys(matrix).sort(), [...names].sort());
    for (const [asked, may] of Object.entries(matrix)) {
      assert.deepEqual(
        roles.filter((role) => allows(rolePermissions[role], asked)),
        may,
        asked,
      );
    }
  });

  it('have lists of nothing but entries', () => {
    for (const entry of [...Object.values(rolePermissions).flat(), ...names])
      assert.ok(isPermissionEntry(entry, names), entry);
  });
});

describe('a permission list', () => {
  const cases: readonly (readonly [readonly string[], string, boolean])[] = [
    [['*'], 'admin:users', true],
    [['read:sensors'], 'read:sensors', true],
    [['read:sensors'], 'read:sensors_all', false],
    [['read:*'], 'read:sensors', true],
    [['read:*'], 'write:commands', false],
    [['read:sens*'], 'read:sensors', true],
    [['read:sens*'], 'read:energy', false],
    [['write:commands', 'read:*'], 'read:energy', true],
    [[], 'read:sensors', false],
    [['*'], 'admin:organisations', false],
    [['admin:*', 'admin:o*'], 'admin:organisations', false],
    [['admin:organisations'], 'admin:organisations', true],
    [['admin:organisations'], 'admin:users', false],
  ];
  for (const [granted, asked, expected] of cases) {
    it(`[${granted}] ${expected ? 'allows' : 'does not allow'} ${asked}`, () => {
      assert.equal(allows(granted, asked), expected);
    });
  }

  for (const wrong of [
    '',
    'read',
    'read:',
    ':sensors',
    'Read:sensors',
    '**',
    '*:sensors',
    'read:*s',
    'read:a b',
    'projects:write',
    'read:everything',
    'read:sensors*s',
    'write:nothing*',
    'x*',
    'admin:o*',
    'admin:organisations*',
  ]) {
    it(`has no entry ${JSON.stringify(wrong)}`, () => assert.ok(!isPermissionEntry(wrong, names)));
  }

  for (const right of ['*', 'read:*', 'read:s*', 'read:sensors*', 'a*', ...names]) {
    it(`may have the entry ${right}`, () => assert.ok(isPermissionEntry(right, names)));
  }

  it('may have every name that the replaced system gave', () => {
    const given = [
      ...['read:sensors', 'read:maintenance', 'read:energy', 'read:data', 'write:commands', 'write:maintenance'],
      ...['write:nodes', 'write:sensor_data', 'admin:api_keys', 'admin:users'],
    ];
    assert.deepEqual(
      given.filter((entry) => !isPermissionEntry(entry, names)),
      [],
    );
  });

  it('of two lists allows what both allow', () => {
    const anEntry = fc.constantFrom('*', 'read:*', 'read:s*', 'write:*', 'admin:*', ...names);
    const aList = fc.array(anEntry, { maxLength: 4 });
    fc.assert(
      fc.property(aList, aList, fc.constantFrom(...names), (one, other, asked) => {
        assert.equal(allows(both(one, other), asked), allows(one, asked) && allows(other, asked));
      }),
    );
  });
});

describe("an identity provider's roles", () => {
  const cases: readonly (readonly [readonly string[], Role | undefined, string, boolean])[] = [
    [['field_worker'], 'field_worker', 'write:work_orders', false],
    [['field_worker', 'engineer'], 'engineer', 'write:work_orders', true],
    [['engineer', 'admin', 'field_worker'], 'admin', 'admin:projects', true],
    [['nobody_knows', 'engineer'], 'engineer', 'admin:projects', false],
    [['administrator'], undefined, 'read:sensors', false],
    [[], undefined, 'read:sensors', false],
  ];
  for (const [given, role, asked, expected] of cases) {
    it(`[${given}] come to ${role ?? 'nobody'}, ${expected ? 'with' : 'without'} ${asked}`, () => {
      const granted = providerGrant(given);
      assert.equal(granted?.role, role);
      assert.equal(allows(granted?.permissions ?? [], asked), expected);
    });
  }
});
