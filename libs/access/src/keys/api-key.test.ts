import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newEvent } from '@plenum/event';
import { administrator, clerk, deciderCases } from '../testing/decider-cases.ts';
import { apiKey, keyIdOf } from './api-key.ts';
import { ApiKeyDisabled, ApiKeyEnabled, ApiKeyIssued, ApiKeyRevoked } from './key-events.ts';

const keyId = 'dashboard_1a2b3c4d';
const issue = {
  do: 'issue',
  keyId,
  keyHash: 'ab'.repeat(32),
  name: 'dashboard',
  role: 'operator',
  nowUs: 100,
  actor: administrator,
} as const;
const fields = { name: 'dashboard', role: 'guest', permissions: ['read:sensors'], rate_limit: 10, expires_at: 200 };
const issued = newEvent(ApiKeyIssued, { key_id: keyId, key_hash: 'ab'.repeat(32), ...fields, issued_by: 'boss' });
const powerful = newEvent(ApiKeyIssued, { ...issued.data, role: 'administrator', permissions: ['*'] });
const disabled = newEvent(ApiKeyDisabled, { key_id: keyId, by: 'boss' });
const enabled = newEvent(ApiKeyEnabled, { key_id: keyId, by: 'boss' });
const revoked = newEvent(ApiKeyRevoked, { key_id: keyId, by: 'boss' });
const change = { do: 'change', nowUs: 100, actor: clerk } as const;

deciderCases('an API key', apiKey, [
  { name: 'is issued', when: issue, leadsTo: ['ApiKeyIssued'] },
  { name: 'is issued to last', when: { ...issue, expiresAtUs: 101, rateLimit: 1 }, leadsTo: ['ApiKeyIssued'] },
  { name: 'is not issued twice', given: [issued], when: issue, leadsTo: 'exists' },
  { name: 'has a name that can stand in a URL', when: { ...issue, name: 'my key' }, leadsTo: 'invalid' },
  { name: 'has a name that is not too long', when: { ...issue, name: 'k'.repeat(65) }, leadsTo: 'invalid' },
  { name: 'has an id that begins with its name', when: { ...issue, name: 'other' }, leadsTo: 'invalid' },
  { name: 'expires in the future', when: { ...issue, expiresAtUs: 100 }, leadsTo: 'invalid' },
  { name: 'has a rate that lets something through', when: { ...issue, rateLimit: 0 }, leadsTo: 'invalid' },
  { name: 'has a rate in whole requests', when: { ...issue, rateLimit: 1.5 }, leadsTo: 'invalid' },
  { name: 'has permissions that are some', when: { ...issue, permissions: ['all'] }, leadsTo: 'invalid' },
  { name: 'is not given more than its issuer may do', when: { ...issue, actor: clerk }, leadsTo: 'forbidden' },

  { name: 'that was never issued is not changed', when: change, leadsTo: 'not-found' },
  { name: 'is changed', given: [issued], when: { ...change, rateLimit: 5 }, leadsTo: ['ApiKeyChanged'] },
  { name: 'stays as it is', given: [issued], when: { ...change, rateLimit: 10 }, leadsTo: [] },
  {
    name: 'never expires from now on',
    given: [issued],
    when: { ...change, expiresAtUs: 'never' },
    leadsTo: ['ApiKeyChanged'],
  },
  { name: 'does not expire in the past', given: [issued], when: { ...change, expiresAtUs: 99 }, leadsTo: 'invalid' },
  {
    name: 'that expired is slowed down',
    given: [issued],
    when: { ...change, nowUs: 300, rateLimit: 5 },
    leadsTo: ['ApiKeyChanged'],
  },
  {
    name: 'is not given more by one who may do less',
    given: [issued],
    when: { ...change, role: 'operator' },
    leadsTo: 'forbidden',
  },
  {
    name: 'is not changed by one who may do less',
    given: [powerful],
    when: { ...change, rateLimit: 5 },
    leadsTo: 'forbidden',
  },
  {
    name: 'that was revoked is not changed',
    given: [issued, revoked],
    when: { ...change, rateLimit: 5 },
    leadsTo: 'not-now',
  },

  { name: 'is disabled', given: [issued], when: { do: 'disable', actor: clerk }, leadsTo: ['ApiKeyDisabled'] },
  {
    name: 'is disabled even by one who may do less',
    given: [powerful],
    when: { do: 'disable', actor: clerk },
    leadsTo: ['ApiKeyDisabled'],
  },
  { name: 'is disabled already', given: [issued, disabled], when: { do: 'disable', actor: clerk }, leadsTo: [] },
  { name: 'is enabled', given: [issued, disabled], when: { do: 'enable', actor: clerk }, leadsTo: ['ApiKeyEnabled'] },
  { name: 'is enabled already', given: [issued, disabled, enabled], when: { do: 'enable', actor: clerk }, leadsTo: [] },
  {
    name: 'is not enabled by one who may do less',
    given: [powerful, disabled],
    when: { do: 'enable', actor: clerk },
    leadsTo: 'forbidden',
  },
  {
    name: 'that was revoked is not enabled',
    given: [issued, revoked],
    when: { do: 'enable', actor: administrator },
    leadsTo: 'not-now',
  },

  { name: 'is revoked', given: [issued], when: { do: 'revoke', actor: clerk }, leadsTo: ['ApiKeyRevoked'] },
  {
    name: 'is revoked while disabled',
    given: [issued, disabled],
    when: { do: 'revoke', actor: clerk },
    leadsTo: ['ApiKeyRevoked'],
  },
  { name: 'is revoked already', given: [issued, revoked], when: { do: 'revoke', actor: clerk }, leadsTo: [] },
  { name: 'that was never issued is not revoked', when: { do: 'revoke', actor: clerk }, leadsTo: 'not-found' },

  { name: 'is used', given: [issued], when: { do: 'use', count: 3, lastUsedUs: 150 }, leadsTo: ['ApiKeyUsed'] },
  {
    name: 'was used before it was revoked',
    given: [issued, revoked],
    when: { do: 'use', count: 3, lastUsedUs: 150 },
    leadsTo: ['ApiKeyUsed'],
  },
  { name: 'that was never issued is not used', when: { do: 'use', count: 3, lastUsedUs: 150 }, leadsTo: 'not-found' },
  {
    name: 'is used at least once',
    given: [issued],
    when: { do: 'use', count: 0, lastUsedUs: 150 },
    leadsTo: 'invalid',
  },
]);

it('gives a key an id of its name and 8 digits', () => {
  assert.equal(keyIdOf('dashboard', Uint8Array.of(0x1a, 0x2b, 0x3c, 0x4d, 0x5e)), keyId);
});
