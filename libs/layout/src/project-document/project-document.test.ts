import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findMaterial } from '../materials/known-materials.ts';
import { anyProject, projectOf } from '../testing/projects.ts';
import { materialOfDocument } from './document-price.ts';
import { documentText, projectDocument } from './project-document.ts';
import { readProjectDocument } from './read-document.ts';

const readAs = (given: unknown) => {
  const result = readProjectDocument(given);
  if ('problems' in result) return assert.fail(result.problems.map(({ message }) => message).join('; '));
  return result.value;
};
const problemsOf = (given: unknown) => {
  const result = readProjectDocument(given);
  return 'problems' in result ? result.problems.map(({ field, code }) => [field, code]) : [];
};

/** What the calculator that this replaces writes. */
const head = {
  metadata: { generated: '2026-01-31T12:00:00.123456', application: 'Ceiling Panel Calculator' },
  ceiling: { length_mm: 4800, width_mm: 3600, area_m2: 17.28 },
  spacing: { perimeter_gap_mm: 200, panel_gap_mm: 200 },
  layout: {
    ...{ panel_width_mm: 1500, panel_length_mm: 1333.3333333333333, panels_per_row: 2, panels_per_column: 3 },
    ...{ total_panels: 6, total_coverage_sqm: 12, gap_area_sqm: 5.28 },
  },
  material: {
    ...{ name: 'LED Panel', category: 'lighting', color: 'White', reflectivity: 0.85, cost_per_m2: 450 },
    ...{ notes: 'Integrated LED lighting, 4000K', total_cost: 5400 },
  },
};

describe('a project document', () => {
  it('has the keys it always had, and the costs', () => {
    const document = projectDocument(projectOf());
    assert.deepEqual(Object.keys(document), ['metadata', 'ceiling', 'spacing', 'layout', 'material', 'costs']);
    assert.deepEqual(document.metadata, {
      generated: '2026-03-04T09:15:02.118Z',
      application: 'Ceiling Panel Calculator',
    });
    assert.deepEqual(document.material, { ...head.material, cost_per_sqm: 450 });
    assert.deepEqual(document.ceiling, head.ceiling);
    assert.equal(document.costs?.waste_factor, 0.15);
    assert.equal(document.costs?.total_cost.toFixed(2), '7762.50');
    const large = projectDocument(projectOf({}, { length_mm: 8000, width_mm: 6000 }));
    assert.deepEqual([large.layout.total_panels, large.material?.total_cost], [12, 16_380]);
  });

  it('is text with an indent of two, and the same text for the same project', () => {
    const text = documentText(projectDocument(projectOf()));
    assert.ok(text.startsWith('{\n  "metadata": {\n    "generated": "2026-03-04T09:15:02.118Z"'));
    assert.equal(documentText(projectDocument(projectOf())), text);
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyProject, (project) => {
        const document = projectDocument(project);
        assert.deepEqual(readAs(documentText(document)), document);
        assert.deepEqual(readAs(document), document);
        if (document.material === undefined || project.material === undefined) return;
        assert.deepEqual(materialOfDocument(document.material), project.material);
      }),
    );
  });

  it('names a material that everybody has as a custom one where its price is another', () => {
    const { material = assert.fail() } = projectOf();
    const { key: _key, ...dearer } = { ...material, cost_per_sqm: 460 };
    const document = projectDocument(projectOf({ material: dearer }));
    assert.deepEqual(materialOfDocument(document.material ?? assert.fail()), { ...dearer, category: 'custom' });
  });

  it('may have no material, and then has no costs', () => {
    const { material: _none, ...project } = projectOf();
    assert.deepEqual(Object.keys(projectDocument(project)), ['metadata', 'ceiling', 'spacing', 'layout']);
  });
});

describe('a project document of older generations', () => {
  it('is read with the price under its one name', () => {
    const document = readAs(JSON.stringify(head));
    assert.deepEqual(document, { ...head, material: { ...head.material, cost_per_sqm: 450 } });
    assert.deepEqual(findMaterial('led_panel_white'), {
      value: materialOfDocument(document.material ?? assert.fail()),
    });
  });

  it('is read with the price under its other name, a version and costs', () => {
    const { cost_per_m2, total_cost, ...material } = head.material;
    const costs = {
      ...{ waste_factor: 0.15, material_coverage_sqm: 12, waste_coverage_sqm: 1.8, total_coverage_sqm: 13.8 },
      ...{ material_cost: 5400, waste_cost: 810, total_material_cost: 6210 },
      ...{ labor_multiplier: null, labor_cost: 0, total_cost: 6210 },
    };
    const legacy = {
      ...head,
      ...{
        metadata: { ...head.metadata, version: '2.0' },
        material: { ...material, cost_per_sqm: cost_per_m2 },
        costs,
      },
    };
    const document = readAs(legacy);
    assert.equal(document.metadata.version, '2.0');
    assert.deepEqual(document.material, { ...head.material, cost_per_sqm: 450 });
    assert.equal(document.material?.total_cost, total_cost);
    assert.deepEqual(document.costs, costs);
  });

  it('is read with one panel for all of the ceiling, which no layout of ours would be', () => {
    const layout = {
      ...{ panel_width_mm: 3200, panel_length_mm: 4400, panels_per_row: 1, panels_per_column: 1 },
      ...{ total_panels: 1, total_coverage_sqm: 14.08, gap_area_sqm: 3.2 },
    };
    const first = { ...head, layout, material: { ...head.material, total_cost: 6336 } };
    assert.deepEqual(readAs(first).layout, layout);
  });
});

describe('what is no project document', () => {
  it('is refused with every problem at once', () => {
    const { spacing: _none, ...rest } = head;
    assert.deepEqual(
      problemsOf({
        ...rest,
        ceiling: { length_mm: 1e9, width_mm: 'wide' },
        layout: { ...head.layout, total_panels: 1.5 },
        material: { ...head.material, reflectivity: 85, name: 'a\nb', cost_per_sqm: 451 },
      }),
      [
        ['ceiling.length_mm', 'out-of-range'],
        ['ceiling.width_mm', 'wrong-type'],
        ['ceiling.area_m2', 'missing'],
        ['spacing', 'missing'],
        ['spacing.perimeter_gap_mm', 'missing'],
        ['spacing.panel_gap_mm', 'missing'],
        ['layout.total_panels', 'wrong-type'],
        ['material.name', 'control-character'],
        ['material.reflectivity', 'out-of-range'],
        ['material.cost_per_sqm', 'contradiction'],
      ],
    );
  });

  it('is refused where its numbers say different things', () => {
    const layout = { ...head.layout, total_panels: 5, total_coverage_sqm: 11, gap_area_sqm: 5 };
    assert.deepEqual(problemsOf({ ...head, ceiling: { ...head.ceiling, length_mm: 4802, area_m2: 20 }, layout }), [
      ['ceiling.area_m2', 'contradiction'],
      ['layout.total_panels', 'contradiction'],
      ['layout.total_coverage_sqm', 'contradiction'],
      ['layout.gap_area_sqm', 'contradiction'],
      ['layout.panel_length_mm', 'contradiction'],
    ]);
  });

  it('is refused as text that is too long, no JSON or no object', () => {
    assert.deepEqual(problemsOf(' '.repeat(2_000_000)), [['', 'too-long']]);
    assert.deepEqual(problemsOf('{"metadata":'), [['', 'not-json']]);
    for (const given of ['5', 'null', '[]', undefined]) assert.deepEqual(problemsOf(given)[0], ['', 'wrong-type']);
  });
});
