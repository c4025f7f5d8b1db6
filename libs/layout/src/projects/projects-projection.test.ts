/** What holds for tables of projects: they say what the rules say, however often an event is sent. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldProjection, type Row } from '@plenum/read-model';
import { decidedOf, eventsOf, recorded, sentAgain } from '@plenum/read-model/testing';
import fc from 'fast-check';
import { calculationsProjection } from '../calculations/calculations-projection.ts';
import { projectStream } from '../streams.ts';
import { anyCommand, asked, eventsAfter, laidOutHall, projectId } from '../testing/projects-decided.ts';
import { costsAt } from './price.ts';
import { type ProjectCommand, project } from './project.ts';
import { projectsProjection } from './projects-projection.ts';

const tablesOf = (commands: readonly ProjectCommand[], turns: Parameters<typeof sentAgain>[1] = []) => {
  const { events, state } = decidedOf(project, commands);
  const sent = recorded(sentAgain(eventsOf(projectStream(projectId), events), turns));
  const folded = [projectsProjection, calculationsProjection].map((projection) => foldProjection(projection, sent));
  const rows = (name: string): readonly Row[] => [
    ...(folded
      .find((one) => one.has(name))
      ?.get(name)
      ?.values() ?? []),
  ];
  return { events, state, rows };
};

const histories = fc.array(anyCommand(projectId), { maxLength: 12 });

/** Two copies of an event lie at two places; everything else of the row is the same. */
const withoutPlace = (rows: readonly Row[]) => rows.map((row) => ({ ...row, log_offset: 0n }));

describe('tables of projects', () => {
  it('have one row that says the state, whatever was decided', () => {
    let seen = 0;
    fc.assert(
      fc.property(histories, (commands) => {
        const { state, rows, events } = tablesOf(commands);
        const [row, ...more] = rows('ceiling_projects');
        assert.equal(more.length, 0);
        assert.equal(row?.stream_version, state === undefined ? undefined : events.length);
        if (state === undefined || row === undefined) return;
        seen += 1;
        const { described, ceiling, calculation, price, isArchived } = state;
        const layout = calculation?.layout;
        const costs = layout && price && costsAt(price, layout);
        assert.partialDeepStrictEqual(row, {
          ...{ name: described.name, tags: JSON.stringify(described.tags), is_archived: isArchived },
          ...ceiling,
          ...layout,
          ...{ calculation_id: calculation?.calculationId, strategy: calculation?.strategy },
          ...{ total_cost: costs?.total_cost, material_key: price?.material.key },
        });
        const status = calculation === undefined ? 'draft' : calculation.isApproved ? 'approved' : 'calculated';
        assert.equal(row.status, isArchived ? 'archived' : status);
        assert.equal(row.approved_by, calculation?.isApproved === true ? 'designer' : undefined);
      }),
    );
    assert.ok(seen > 0, 'a check that saw no project proves nothing');
  });

  it('have every decision in the history, and every calculation', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const { events, rows } = tablesOf(commands);
        assert.deepEqual(
          rows('ceiling_project_history').map(({ stream_version }) => stream_version),
          events.map((_, index) => index + 1),
        );
        const ids = events.flatMap(({ data }) =>
          'layout' in (data as object) ? [(data as { calculation_id: string }).calculation_id] : [],
        );
        assert.equal(rows('ceiling_calculations').length, new Set(ids).size);
      }),
    );
  });

  it('are the same when events are sent again', () => {
    const turns = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 5 })), { maxLength: 5 });
    fc.assert(
      fc.property(histories, turns, (commands, again) => {
        const [once, twice] = [tablesOf(commands), tablesOf(commands, again)];
        for (const name of ['ceiling_projects', 'ceiling_project_history', 'ceiling_calculations']) {
          assert.deepEqual(withoutPlace(twice.rows(name)), withoutPlace(once.rows(name)), name);
        }
      }),
    );
  });

  it('show what a project costs, and what was said of it', () => {
    const { rows } = tablesOf([...laidOutHall, asked({ do: 'approve' })]);
    assert.partialDeepStrictEqual(rows('ceiling_projects')[0], {
      ...{ material_cost: 5400, waste_cost: 0, labor_cost: 0, total_cost: 5400, status: 'approved' },
      ...{ approved_at: 5_000_000, created_by: 'designer', created_at: 1_000_000, changed_at: 5_000_000 },
    });
    assert.deepEqual(
      rows('ceiling_project_history').map(({ what, decided_at }) => [what, decided_at]),
      ['created', 'measured', 'material-changed', 'calculated', 'approved'].map((what, index) => [
        what,
        (index + 1) * 1e6,
      ]),
    );
    assert.equal(eventsAfter(laidOutHall).length, 4);
    assert.deepEqual(JSON.parse(String(rows('ceiling_project_history')[0]?.said)), {
      ...{ name: 'Hall', description: '', tags: [], metadata: {} },
    });
  });
});
