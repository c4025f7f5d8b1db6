import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Actor, type NewEvent, newEvent, plenumItself, type Refused } from '@plenum/event';
import { ExportExpired, ExportFailed, ExportFinished, ExportRequested } from './export-events.ts';
import { type ExportCommand, exportRules, type Finished, slotsMax } from './export-rules.ts';

const ann: Actor = { id: 'ann', kind: 'user', permissions: ['write:exports'], organisation: 'acme' };
const exportId = '01900000-0000-7000-8000-000000000001';
const slots = { user: 3, organisation: 40 };
const request = { do: 'request', exportId, kind: 'readings', format: 'csv', asked: '{}', slots, actor: ann } as const;

const finished: Finished = {
  ...{ file: `exports/${exportId}/1/readings.csv`, file_name: 'readings.csv', media_type: 'text/csv', bytes: 7 },
  ...{ digest: 'ab'.repeat(32), rows: 1, position: '{}', position_time: 5, conformance: '{}', expires_at: 9 },
};
const requested = newEvent(ExportRequested, {
  ...{ export_id: exportId, organisation: 'acme', kind: 'readings', format: 'csv', asked: '{}' },
  ...{ user_slot: 3, organisation_slot: 40, by: 'ann' },
});
const ready = newEvent(ExportFinished, { export_id: exportId, ...finished });
const failed = newEvent(ExportFailed, { export_id: exportId, code: 'too-large', reason: 'It is.' });
const expired = newEvent(ExportExpired, { export_id: exportId, by: 'plenum' });

type Case = readonly [
  name: string,
  given: readonly NewEvent[],
  when: ExportCommand,
  leadsTo: readonly string[] | Refused['code'],
];

const finish = { do: 'finish', finished } as const;
const fail = { do: 'fail', code: 'gave-up', reason: 'It died.' } as const;
const expire = { do: 'expire', actor: plenumItself } as const;

const cases: readonly Case[] = [
  ['is asked for', [], request, ['ExportRequested']],
  ['is asked for once', [requested], request, 'exists'],
  ['takes a slot of its user', [], { ...request, slots: { user: slotsMax.user, organisation: 0 } }, 'not-now'],
  [
    'takes a slot of its organisation',
    [],
    { ...request, slots: { user: 0, organisation: slotsMax.organisation } },
    'not-now',
  ],
  ['is made', [requested], finish, ['ExportFinished']],
  ['is made once', [requested, ready], finish, []],
  [
    'is not made again as another file',
    [requested, ready],
    { do: 'finish', finished: { ...finished, file: 'b' } },
    'not-now',
  ],
  ['fails', [requested], fail, ['ExportFailed']],
  ['fails once', [requested, failed], fail, []],
  ['that was made does not fail', [requested, ready], fail, 'not-now'],
  ['that failed is not made', [requested, failed], finish, 'not-now'],
  ['expires', [requested, ready], expire, ['ExportExpired']],
  ['that is not made yet may be ended', [requested], expire, ['ExportExpired']],
  ['that was ended is not made', [requested, expired], finish, 'not-now'],
  ['that was ended does not fail', [requested, expired], fail, 'not-now'],
  ['expires once', [requested, ready, expired], expire, []],
  ['that failed has nothing that could expire', [requested, failed], expire, []],
  ['that nobody asked for is not made', [], finish, 'not-found'],
  ['that nobody asked for is not deleted', [], expire, 'not-found'],
];

describe('an export', () => {
  const { initial, decide, evolve, reserves = () => [] } = exportRules;
  for (const [name, given, when, leadsTo] of cases) {
    it(name, () => {
      const state = given.reduce(evolve, initial);
      const answer = decide(state, when);
      if (answer.outcome === 'refused') {
        assert.equal(answer.code, leadsTo, answer.reason);
        return;
      }
      const types = answer.events.map(({ type }) => type.replace('plenum.document.', ''));
      assert.deepEqual(types, leadsTo);
      const again = decide(answer.events.reduce(evolve, state), when);
      assert.ok(again.outcome === 'refused' || again.events.length === 0, 'decided twice');
    });
  }

  it('holds its slots for as long as it is to be made or its file is kept', () => {
    const held = (...given: readonly NewEvent[]) => reserves(given.reduce(evolve, initial));
    const both = ['export-of-user:acme:ann:3', 'export-of-organisation:acme:40'];
    assert.deepEqual(held(), []);
    assert.deepEqual(held(requested), both);
    assert.deepEqual(held(requested, ready), both);
    assert.deepEqual(held(requested, failed), []);
    assert.deepEqual(held(requested, ready, expired), []);
  });
});
