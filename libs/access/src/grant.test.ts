import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decided, newEvent, plenumItself } from '@plenum/event';
import { grant } from './grant.ts';
import { apiKey, type KeyCommand } from './keys/api-key.ts';
import { ApiKeyChanged, ApiKeyIssued, type KeyFields } from './keys/key-events.ts';
import { user } from './users/user.ts';

const unknown = ['read:everything', 'projects:write'];
const refusal = {
  outcome: 'refused',
  code: 'invalid',
  reason: 'There are no such permissions: read:everything, projects:write.',
};
const asked = { role: 'guest', permissions: ['read:sensors', ...unknown] } as const;
const issue: KeyCommand = {
  ...{ do: 'issue', name: 'k', keyId: 'k_00000000', keyHash: '0'.repeat(64), nowUs: 1, actor: plenumItself },
  ...asked,
};
const fields: KeyFields = { name: 'k', role: 'guest', permissions: unknown, rate_limit: 10, expires_at: undefined };
const issued = newEvent(ApiKeyIssued, {
  key_id: 'k_00000000',
  key_hash: '0'.repeat(64),
  ...fields,
  issued_by: 'plenum',
});

test('what is no permission is not given, and all that is none is named', () => {
  assert.deepEqual(grant(plenumItself, asked), refusal);
  assert.deepEqual(apiKey.decide(undefined, issue), refusal);
  const userId = '00000000-0000-7000-8000-000000000001';
  const create = { do: 'create', userId, login: 'ana', name: 'Ana', actor: plenumItself, ...asked } as const;
  assert.deepEqual(user.decide(undefined, create), refusal);
  const { permissions } = asked;
  const change = { do: 'change', permissions, nowUs: 1, actor: plenumItself } as const;
  assert.deepEqual(apiKey.decide(apiKey.evolve(undefined, issued), change), refusal);
});

test('a key that was given one before goes on, and may be changed in everything else', () => {
  const state = apiKey.evolve(undefined, issued);
  assert.deepEqual(state?.fields.permissions, unknown);
  const change = { do: 'change', rateLimit: 20, nowUs: 1, actor: plenumItself } as const;
  const changed = newEvent(ApiKeyChanged, { key_id: 'k_00000000', ...fields, rate_limit: 20, by: 'plenum' });
  assert.deepEqual(apiKey.decide(state, change), decided(changed));
});
