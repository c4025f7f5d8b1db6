import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Actor, type NewEvent, newEvent, defaultOrganisation as organisation, type Refused } from '@plenum/event';
import {
  NodeCertificateSet,
  type NodeDescription,
  NodeDisabled,
  NodeEnrolled,
  NodeKeyIssued,
  NodeRemoved,
} from './node-events.ts';
import { type NodeCommand, nodeRules } from './node-rules.ts';

const actor: Actor = { id: 'ana', permissions: ['write:nodes'], organisation };
const description: NodeDescription = {
  location: { x: 2400, y: 0, z: 2700, zone: 'lobby' },
  sensors: ['humidity', 'door-3'],
  firmware_version: '1.2.0',
  capabilities: '{}',
};
const node_id = 'node-17';
const by = 'ana';
const hash = 'ab'.repeat(32);
const enrolled = newEvent(NodeEnrolled, { node_id, ...description, by });
const key = (key_id: string): NewEvent => newEvent(NodeKeyIssued, { node_id, key_id, key_hash: hash, by });
const disabled = newEvent(NodeDisabled, { node_id, by });
const removed = newEvent(NodeRemoved, { node_id, by });
const certified = newEvent(NodeCertificateSet, { node_id, subject: 'node-17.site', by });

type Case = {
  readonly name: string;
  readonly given?: readonly NewEvent[];
  readonly when: NodeCommand;
  readonly leadsTo: readonly string[] | Refused['code'];
};

const enrol = { do: 'enrol', nodeId: node_id, description, actor } as const;
const issue = (keyId: string) => ({ do: 'issue-key', keyId, keyHash: hash, actor }) as const;
const revoke = (keyId: string) => ({ do: 'revoke-key', keyId, reason: 'revoked', actor }) as const;
const sensors = (...names: readonly string[]) => ({ ...enrol, description: { ...description, sensors: names } });

const cases: readonly Case[] = [
  { name: 'is enrolled', when: enrol, leadsTo: ['NodeEnrolled'] },
  { name: 'is not enrolled twice', given: [enrolled], when: enrol, leadsTo: 'exists' },
  { name: 'is enrolled again when it was removed', given: [enrolled, removed], when: enrol, leadsTo: ['NodeEnrolled'] },
  ...['a/b', 'a+', '#', '$SYS', 'all', 'zone:lobby', 'a b', 'ä', '', 'n'.repeat(129)].map(
    (nodeId): Case => ({
      name: `is not called ${JSON.stringify(nodeId)}`,
      when: { ...enrol, nodeId },
      leadsTo: 'invalid',
    }),
  ),
  { name: 'has each sensor once', when: sensors('humidity', 'node-17_humidity'), leadsTo: 'invalid' },
  { name: 'has sensors that stand in a topic', when: sensors('a/b'), leadsTo: 'invalid' },
  { name: 'has no sensor that is a filter', when: sensors('+'), leadsTo: 'invalid' },
  { name: 'may have no sensor', when: sensors(), leadsTo: ['NodeEnrolled'] },
  { name: 'has not too many', when: sensors(...Array.from({ length: 65 }, (_, n) => `s${n}`)), leadsTo: 'invalid' },

  { name: 'that is not ours is not changed', when: { do: 'change', description, actor }, leadsTo: 'not-found' },
  { name: 'stays as it is', given: [enrolled], when: { do: 'change', description, actor }, leadsTo: [] },
  {
    name: 'moves',
    given: [enrolled],
    when: { do: 'change', description: { ...description, location: { x: 1, y: 2, z: 3, zone: undefined } }, actor },
    leadsTo: ['NodeChanged'],
  },

  { name: 'gets a key', given: [enrolled], when: issue('k1'), leadsTo: ['NodeKeyIssued'] },
  {
    name: 'gets a second while it changes over',
    given: [enrolled, key('k1')],
    when: issue('k2'),
    leadsTo: ['NodeKeyIssued'],
  },
  { name: 'gets no third', given: [enrolled, key('k1'), key('k2')], when: issue('k3'), leadsTo: 'not-now' },
  { name: 'gets none when it was removed', given: [enrolled, removed], when: issue('k1'), leadsTo: 'not-found' },
  { name: 'loses a key', given: [enrolled, key('k1')], when: revoke('k1'), leadsTo: ['NodeKeyRevoked'] },
  { name: 'loses no key that it has not', given: [enrolled, key('k1')], when: revoke('k2'), leadsTo: 'not-found' },
  {
    name: 'has no key any more when it is enrolled again',
    given: [enrolled, key('k1'), removed, enrolled],
    when: revoke('k1'),
    leadsTo: 'not-found',
  },

  {
    name: 'signs in with a certificate',
    given: [enrolled],
    when: { do: 'set-certificate', subject: 'node-17.site', actor },
    leadsTo: ['NodeCertificateSet'],
  },
  {
    name: 'signs in with none any more',
    given: [enrolled, certified],
    when: { do: 'set-certificate', subject: undefined, actor },
    leadsTo: ['NodeCertificateSet'],
  },
  {
    name: 'signs in with no empty name',
    given: [enrolled],
    when: { do: 'set-certificate', subject: '', actor },
    leadsTo: 'invalid',
  },

  { name: 'is disabled', given: [enrolled], when: { do: 'disable', actor }, leadsTo: ['NodeDisabled'] },
  { name: 'is disabled already', given: [enrolled, disabled], when: { do: 'disable', actor }, leadsTo: [] },
  { name: 'is enabled', given: [enrolled, disabled], when: { do: 'enable', actor }, leadsTo: ['NodeEnabled'] },
  { name: 'is enabled already', given: [enrolled], when: { do: 'enable', actor }, leadsTo: [] },
  { name: 'is removed', given: [enrolled, disabled], when: { do: 'remove', actor }, leadsTo: ['NodeRemoved'] },
  { name: 'is removed once', given: [enrolled, removed], when: { do: 'remove', actor }, leadsTo: 'not-found' },
];

const { initial, decide, evolve, reserves } = nodeRules;

describe('a node', () => {
  for (const { name, given = [], when, leadsTo } of cases) {
    it(name, () => {
      const state = given.reduce(evolve, initial);
      const answer = decide(state, when);
      if (answer.outcome === 'refused') {
        assert.equal(answer.code, leadsTo, answer.reason);
        return;
      }
      assert.deepEqual(
        answer.events.map(({ type }) => type.replace('plenum.device.', '')),
        leadsTo,
      );
      if (answer.events.length === 0) return;
      const again = decide(answer.events.reduce(evolve, state), when);
      assert.ok(again.outcome === 'refused' || again.events.length === 0, 'decided twice');
    });
  }

  it('holds its sensors and its certificate alone, by their whole ids', () => {
    const after = (...events: readonly NewEvent[]) => reserves?.(events.reduce(evolve, initial));
    const own = ['sensor:node-17_humidity', 'sensor:door-3'];
    assert.deepEqual(after(enrolled), own);
    assert.deepEqual(after(enrolled, certified), [...own, 'device-certificate:node-17.site']);
    assert.deepEqual(after(enrolled, certified, removed), []);
  });

  it('ignores events that it does not know', () => {
    const state = [enrolled, key('k1')].reduce(evolve, initial);
    assert.equal(evolve(state, { type: 'plenum.device.NothingWeKnow', data: {} }), state);
  });
});
