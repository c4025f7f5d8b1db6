import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Refused } from '@plenum/event';
import {
  asked,
  calculationId,
  designer,
  eventsAfter,
  hall,
  laidOutHall,
  projectId,
} from '../testing/projects-decided.ts';
import { type ProjectCommand, project } from './project.ts';

type Spec = readonly [
  name: string,
  given: readonly ProjectCommand[],
  when: ProjectCommand,
  leadsTo: readonly string[] | Refused['code'],
];

const created = asked({ do: 'create', projectId, described: { name: 'Hall' } });
const approved = [...laidOutHall, asked({ do: 'approve' })];
const archived = [created, asked({ do: 'archive' })];
const other = calculationId.replace('3333', '4444');

const specs: readonly Spec[] = [
  ['is made of a name alone', [], created, ['ProjectCreated']],
  ['is made once', [created], created, 'exists'],
  [
    'is made with all that is known of it',
    [],
    asked({
      do: 'create',
      projectId,
      described: { name: 'Hall' },
      ceiling: hall,
      price: { material: 'acoustic_grey' },
    }),
    ['ProjectCreated', 'CeilingMeasured', 'MaterialChanged'],
  ],
  ['is nothing before it is made', [], asked({ do: 'archive' }), 'not-found'],
  ['takes another name', [created], asked({ do: 'change', described: { name: 'Foyer' } }), ['ProjectRenamed']],
  ['stays as it is under the same name', [created], asked({ do: 'change', described: { name: 'Hall' } }), []],
  ['is measured', [created], asked({ do: 'change', ceiling: hall }), ['CeilingMeasured']],
  ['is not measured anew when nothing is different', laidOutHall, asked({ do: 'change', ceiling: hall }), []],
  ['is calculated', laidOutHall.slice(0, 1), asked({ do: 'calculate', calculationId }), ['LayoutCalculated']],
  [
    'is not calculated anew when nothing is different',
    laidOutHall,
    asked({ do: 'calculate', calculationId: other }),
    [],
  ],
  [
    'is calculated anew for another strategy',
    laidOutHall,
    asked({ do: 'calculate', calculationId: other, strategy: 'minimize_seams' }),
    ['LayoutCalculated'],
  ],
  ['is not calculated before it is measured', [created], asked({ do: 'calculate', calculationId }), 'not-now'],
  [
    'is not calculated where no panel fits',
    [created, asked({ do: 'change', ceiling: { length_mm: 700, width_mm: 700, perimeter_gap_mm: 200.5 } })],
    asked({ do: 'calculate', calculationId }),
    'invalid',
  ],
  ['is approved', laidOutHall, asked({ do: 'approve', calculationId }), ['LayoutApproved']],
  ['is approved once', approved, asked({ do: 'approve' }), []],
  ['is not approved without a layout', [created], asked({ do: 'approve' }), 'not-now'],
  [
    'is not approved for a layout that was replaced',
    laidOutHall,
    asked({ do: 'approve', calculationId: other }),
    'not-now',
  ],
  [
    'is not approved when it was measured since',
    [...approved, asked({ do: 'change', ceiling: { ...hall, length_mm: 5000 } })],
    asked({ do: 'approve' }),
    'not-now',
  ],
  [
    'is approved again when its price is another',
    [...approved, asked({ do: 'change', price: { material: 'drywall_white' } })],
    asked({ do: 'approve' }),
    ['LayoutApproved'],
  ],
  ['is archived', [created], asked({ do: 'archive' }), ['ProjectArchived']],
  ['is archived once', archived, asked({ do: 'archive' }), []],
  ['is restored', archived, asked({ do: 'restore' }), ['ProjectRestored']],
  ['is not restored when it is there', [created], asked({ do: 'restore' }), []],
  ['does not change while it is archived', archived, asked({ do: 'change', described: { name: 'Foyer' } }), 'not-now'],
  [
    'is not approved while it is archived',
    [...approved, asked({ do: 'archive' })],
    asked({ do: 'approve' }),
    'not-now',
  ],
];

describe('a ceiling project', () => {
  for (const [name, given, when, leadsTo] of specs) {
    it(name, () => {
      const state = eventsAfter(given).reduce(project.evolve, project.initial);
      const decided = project.decide(state, when);
      if (decided.outcome === 'refused') return assert.equal(decided.code, leadsTo, decided.reason);
      assert.deepEqual(
        decided.events.map(({ type }) => type.replace('plenum.layout.', '')),
        leadsTo,
      );
      for (const { data } of decided.events)
        assert.partialDeepStrictEqual(data, { project_id: projectId, by: 'designer' });
    });
  }

  it('ignores events that it does not know', () => {
    const state = eventsAfter(approved).reduce(project.evolve, project.initial);
    assert.equal(project.evolve(state, { type: 'plenum.layout.NothingWeKnow', data: {} }), state);
  });

  it('keeps inputs and result of a calculation, and what an approval costs', () => {
    const [calculated, approval] = eventsAfter(approved).slice(-2);
    assert.partialDeepStrictEqual(calculated?.data, {
      ...{ calculation_id: calculationId, strategy: 'balanced', algorithm: 'v2.0' },
      ceiling: { ...hall, perimeter_gap_mm: 200, panel_gap_mm: 200 },
      layout: { panels_per_row: 2, panels_per_column: 3, total_panels: 6 },
    });
    assert.deepEqual(approval?.data, {
      ...{ project_id: projectId, calculation_id: calculationId, by: 'designer' },
      total_cost: 5400,
    });
  });

  it('is refused with every fault at once', () => {
    const decided = project.decide(undefined, {
      ...{ do: 'create', projectId, actor: designer },
      described: { name: 'a\nb', tags: ['', 'x'.repeat(51), 7], metadata: [], description: '\u0000', rank: 1 },
      ceiling: { length_mm: Number.NaN, width_mm: 1e9, panel_gap_mm: -1 },
      price: { material: 'gold', waste_factor: 1.15 },
    });
    assert.ok(decided.outcome === 'refused');
    assert.equal(decided.code, 'invalid');
    assert.deepEqual(
      decided.faults?.map(({ field }) => field),
      [
        ...['rank', 'name', 'description', 'tags/0', 'tags/1', 'tags/2', 'metadata'],
        ...['length_mm', 'width_mm', 'panel_gap_mm', 'material', 'waste_factor'],
      ],
    );
    for (const { field, detail } of decided.faults ?? []) assert.ok(!detail.startsWith(field), detail);
  });

  it('takes no metadata that are nested without end or too long', () => {
    let deep: object = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { deep };
    for (const metadata of [deep, { long: 'x'.repeat(20_000) }]) {
      const decided = project.decide(
        undefined,
        asked({ do: 'create', projectId, described: { name: 'Hall', metadata } }),
      );
      assert.ok(decided.outcome === 'refused');
      assert.deepEqual(
        decided.faults?.map(({ field }) => field),
        ['metadata'],
      );
    }
  });
});
