import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineDocumentExport, type ExportKind } from '@plenum/domain';
import { parseTimeUs } from '@plenum/event';
import { Type } from 'typebox';
import { judgeExport, type NewExport } from './asked.ts';
import { positionText } from './position.ts';

const table = {
  name: 'things',
  about: '',
  columns: { at: { type: 'timestamptz', about: '' }, thing: { type: 'text', about: '' } },
  key: ['thing'],
} as const;
const rows = {
  about: '',
  permission: 'read:things',
  content: 'rows',
  columns: ['thing'],
  table,
  projection: { name: 'things', topics: [] },
  filters: { thing: { column: 'thing', schema: Type.String({ maxLength: 5 }) } },
} as const;
const kinds: readonly ExportKind[] = [
  { ...rows, kind: 'things', rowsAre: 'ledger', time: 'at' },
  { ...rows, kind: 'latest-things', rowsAre: 'state' },
  { kind: 'events', about: '', permission: 'read:events', content: 'events', topics: 'any' },
  { kind: 'said', about: '', permission: 'read:events', content: 'events', topics: [{ name: 'plenum.said' }] },
  defineDocumentExport({
    ...{ kind: 'plan', about: '', permission: 'read:plans', formats: ['dxf'], projections: [] },
    options: Type.Object({ plan_id: Type.String(), scale: Type.Number() }, { additionalProperties: false }),
    compose: async () => ({ outcome: 'composed', content: { kind: 'text', text: '' } }),
  }),
];
const nowUs = parseTimeUs('2026-03-04T00:00:00Z') ?? 0;

const faultsOf = (given: NewExport): readonly string[] => {
  const judged = judgeExport(kinds, given, nowUs);
  return judged.outcome === 'fits' ? [] : judged.faults.map(({ field }) => field).sort();
};

describe('what is asked for', () => {
  it('is taken as it was written, with lists of values', () => {
    const position = positionText({ 'plenum.things': ['1', '0'] });
    const filters = { thing: 'a' };
    const given = {
      kind: 'things',
      format: 'parquet',
      filters,
      from: '2026-03-01T00:00:00Z',
      to: '2026-03-02T00:00:00Z',
      as_of: position,
    };
    const judged = judgeExport(kinds, given, nowUs);
    assert.ok(judged.outcome === 'fits');
    assert.equal(judged.kind, kinds[0]);
    const { from, to } = given;
    assert.deepEqual(judged.asked, { filters: { thing: ['a'] }, from, to, as_of: position });
  });

  it('fits, in all its forms', () => {
    const fitting: readonly NewExport[] = [
      { kind: 'things', format: 'csv' },
      { kind: 'things', format: 'ndjson', filters: { thing: ['a', 'b'] }, as_of: '2026-03-03T00:00:00Z' },
      { kind: 'latest-things', format: 'csv', filters: {} },
      {
        kind: 'events',
        format: 'csv',
        filters: { topic: 'plenum.x', partition: 0, from_offset: 5 },
        from: '2026-03-01T00:00:00Z',
      },
      { kind: 'said', format: 'csv' },
      { kind: 'plan', format: 'dxf', options: { plan_id: 'a', scale: 50 } },
    ];
    for (const one of fitting) assert.deepEqual(faultsOf(one), [], JSON.stringify(one));
  });

  it('is refused with everything that is wrong', () => {
    const cases: readonly (readonly [NewExport, readonly string[]])[] = [
      [{ kind: 'ghosts', format: 'csv' }, ['kind']],
      [{ kind: 'things', format: 'dxf' }, ['format']],
      [
        { kind: 'things', format: 'doc', from: 'x', to: 'y', as_of: '../..', filters: { size: 1, thing: 'too long' } },
        ['as_of', 'filters/size', 'filters/thing', 'format', 'from', 'to'],
      ],
      [
        {
          kind: 'things',
          format: 'csv',
          from: '2026-03-02T00:00:00Z',
          to: '2026-03-01T00:00:00Z',
          as_of: '2026-03-05T00:00:00Z',
        },
        ['as_of', 'from'],
      ],
      [{ kind: 'things', format: 'csv', filters: { thing: [] }, options: {} }, ['filters/thing', 'options']],
      [{ kind: 'things', format: 'csv', filters: { thing: Array(101).fill('a') } }, ['filters/thing']],
      [{ kind: 'things', format: 'csv', filters: { thing: 'a\u0000' } }, ['filters/thing']],
      [{ kind: 'things', format: 'csv', filters: { constructor: 'a' } }, ['filters/constructor']],
      [
        { kind: 'latest-things', format: 'csv', from: '2026-03-01T00:00:00Z', as_of: '2026-03-01T00:00:00Z' },
        ['as_of', 'from'],
      ],
      [{ kind: 'events', format: 'csv' }, ['filters/topic']],
      [
        { kind: 'events', format: 'csv', filters: { topic: 7, from_offset: -1 } },
        ['filters/from_offset', 'filters/partition', 'filters/topic'],
      ],
      [{ kind: 'said', format: 'csv', filters: { topic: 'plenum.other' } }, ['filters/topic']],
      [
        { kind: 'plan', format: 'dxf', filters: { thing: 'a' }, from: '2026-03-01T00:00:00Z' },
        ['filters/thing', 'from', 'options', 'options'],
      ],
    ];
    for (const [given, expected] of cases) {
      const faults = faultsOf(given);
      // One fault for both missing options, or one for each.
      assert.deepEqual([...new Set(faults)], [...new Set(expected)], JSON.stringify(given));
    }
  });

  it('names those that there are', () => {
    const judged = judgeExport(kinds, { kind: 'ghosts', format: 'csv' }, nowUs);
    assert.ok(judged.outcome === 'faulty');
    assert.match(judged.faults[0]?.detail ?? '', /events, latest-things, plan, said, things/);
  });
});
