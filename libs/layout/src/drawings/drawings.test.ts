import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundsOf, checkDrawing, countsOf, type Dimension, type Drawing, type Shape } from '@plenum/drawing';
import fc from 'fast-check';
import { fixed } from '../figures.ts';
import type { Project } from '../project-document/project-document.ts';
import { anyProject, projectOf } from '../testing/projects.ts';
import type { Drawn } from './drawn.ts';
import { planDrawing, planLayers } from './plan-drawing.ts';
import { screenDrawing, screenView } from './screen-drawing.ts';
import { sheetOf } from './sheet-of.ts';

const drawnOf = ({ ceiling, layout, material }: Project, rest: Partial<Drawn> = {}): Drawn => ({
  ...{ title: 'Hall', ceiling, layout },
  ...(material === undefined ? {} : { material }),
  ...rest,
});
const on = ({ shapes }: Drawing, layer: string): readonly Shape[] => shapes.filter((shape) => shape.layer === layer);
const textsOf = (shapes: readonly Shape[]) =>
  shapes.flatMap((shape) => (shape.kind === 'text' ? [[shape.at.x, shape.at.y, shape.text]] : []));
const measures = (shapes: readonly Shape[]): readonly number[] =>
  shapes
    .filter((shape): shape is Dimension => shape.kind === 'dimension')
    .map(({ from, to }) => Math.round(Math.hypot(to.x - from.x, to.y - from.y)));

const hall = drawnOf(projectOf());

describe('the plan', () => {
  it('has the layers that drawings always had, and two more', () => {
    assert.deepEqual(
      planDrawing(hall).layers.map(({ name, colorIndex }) => [name, colorIndex]),
      [
        ['CEILING_BOUNDARY', 7],
        ['PERIMETER_GAP', 2],
        ['PANELS', 1],
        ['ANNOTATIONS', 3],
        ['DIMENSIONS', 4],
        ['SENSOR_NODES', 6],
      ],
    );
  });

  it('says above the ceiling what it is', () => {
    const { layout, ceiling } = hall;
    const lines = [
      [0, 3700, 'Ceiling: 4800mm x 3600mm'],
      [0, 3800, 'Panels: 6 (2x3)'],
      [0, 3900, 'Panel Size: 1500.0mm x 1333.3mm'],
    ];
    const annotations = (drawn: Drawn) => textsOf(on(planDrawing(drawn), 'ANNOTATIONS')).slice(layout.total_panels);
    assert.deepEqual(annotations(hall), [...lines, [0, 4000, 'Material: LED Panel - White']]);
    assert.deepEqual(annotations({ title: 'Hall', ceiling, layout }), lines);
  });

  it('names every panel in its middle, no higher than 50', () => {
    const [first, second] = on(planDrawing(hall), 'ANNOTATIONS');
    assert.deepEqual(first, {
      ...{ kind: 'text', layer: 'ANNOTATIONS', align: 'middle', height: 50, text: 'P1' },
      at: { x: 200 + hall.layout.panel_length_mm / 2, y: 950 },
    });
    assert.deepEqual(second?.kind === 'text' ? [second.text, second.at.y] : [], ['P2', 2650]);
    const small = planDrawing(drawnOf(projectOf({}, { length_mm: 700, width_mm: 700 })));
    const label = on(small, 'ANNOTATIONS')[0];
    assert.equal(label?.kind === 'text' ? label.height : 0, 30);
  });

  it('has dimensions of the ceiling, a panel and the gaps that there are', () => {
    const dimensionsOf = (project: Project) => measures(on(planDrawing(drawnOf(project)), 'DIMENSIONS'));
    assert.deepEqual(dimensionsOf(projectOf()), [4800, 3600, 1333, 1500, 200, 200]);
    assert.deepEqual(dimensionsOf(projectOf({}, { perimeter_gap_mm: 0, panel_gap_mm: 0 })).length, 4);
    const oneRow = projectOf({}, { length_mm: 1000, width_mm: 4000, panel_gap_mm: 70 });
    assert.equal(dimensionsOf(oneRow).at(-1), 70, 'between rows, where there is one column');
    const one = projectOf({}, { length_mm: 700, width_mm: 700, panel_gap_mm: 70 });
    assert.deepEqual(dimensionsOf(one), [700, 700, 300, 300, 200], 'one panel has no neighbour');
  });

  it('draws no two dimensions on one line', () => {
    fc.assert(
      fc.property(anyProject, (project) => {
        const lines = on(planDrawing(drawnOf(project)), 'DIMENSIONS').map((shape) => {
          if (shape.kind !== 'dimension') return assert.fail(shape.kind);
          const { from, to, offset } = shape;
          // To the right of the way, which goes along x or along y.
          return from.y === to.y ? `y ${fixed(from.y + offset, 3)}` : `x ${fixed(from.x - offset, 3)}`;
        });
        assert.equal(new Set(lines).size, lines.length);
        assert.ok(lines.every((line) => line.startsWith('y -') || Number(line.slice(2)) > project.ceiling.length_mm));
      }),
      { numRuns: 20 },
    );
  });

  it('places nodes that are in the ceiling, by id, whatever their order', () => {
    const nodes = [
      { node_id: 'b', x: 4800, y: 3600 },
      { node_id: 'a', x: 0, y: 10 },
      { node_id: 'outside', x: 4801, y: 10 },
      { node_id: 'lost', x: Number.NaN, y: 10 },
    ];
    const placed = on(planDrawing({ ...hall, nodes }), 'SENSOR_NODES');
    assert.deepEqual(
      placed.map((shape) => (shape.kind === 'circle' ? shape.center : shape.kind === 'text' ? shape.text : shape.kind)),
      [{ x: 0, y: 10 }, 'a', { x: 4800, y: 3600 }, 'b'],
    );
    assert.deepEqual(planDrawing({ ...hall, nodes: nodes.toReversed() }), planDrawing({ ...hall, nodes }));
  });
});

describe('the picture for a screen', () => {
  it('has a layer for each of its classes, and its texts where they always were, counted from above', () => {
    const drawing = screenDrawing(hall);
    assert.deepEqual(textsOf(on(drawing, 'TEXT')), [
      [50, 3500, 'Ceiling: 4800mm x 3600mm'],
      [50, 3420, 'Panels: 1500mm x 1333mm (2x3)'],
      [50, 3340, 'Gap: 200mm | Perimeter: 200mm'],
      [50, 3260, 'Material: LED Panel - White'],
    ]);
    assert.deepEqual(
      on(drawing, 'TEXT').map((shape) => shape.kind === 'text' && shape.bold === true),
      [true, false, false, false],
    );
    assert.deepEqual(countsOf(drawing.shapes), {
      ...{ CEILING: { polygon: 1 }, GAP: { polygon: 1 }, PANEL: { polygon: 6 } },
      ...{ TEXT: { text: 4 }, TEXT_SMALL: { text: 6 } },
    });
  });
});

describe('what is shown of it', () => {
  it('is the ceiling and nothing around it, in groups of layers that there are', () => {
    const { page, groups } = screenView(hall);
    assert.deepEqual(page, { width: 4800, height: 3600 });
    const layers = new Set(screenDrawing(hall).layers.map(({ name }) => name));
    assert.ok(groups.every((group) => group.layers.every((name) => layers.has(name))));
    assert.deepEqual(
      groups.map(({ id }) => id),
      ['panels', 'annotations'],
    );
  });
});

describe('both drawings', () => {
  it('have every panel of the layout inside the ceiling, and can be written', () => {
    fc.assert(
      fc.property(anyProject, (project) => {
        const { ceiling, layout } = project;
        for (const [drawing, panels] of [
          [planDrawing(drawnOf(project)), 'PANELS'],
          [screenDrawing(drawnOf(project)), 'PANEL'],
        ] as const) {
          checkDrawing(drawing);
          assert.equal(countsOf(drawing.shapes)[panels]?.polygon, layout.total_panels);
          const labels = textsOf(drawing.shapes).filter(([, , text]) => /^P\d+$/.test(String(text)));
          assert.equal(labels.length, layout.total_panels);
          const bounds = boundsOf(on(drawing, panels)) ?? assert.fail();
          const gap = ceiling.perimeter_gap_mm;
          for (const [found, expected] of [
            [bounds.minX, gap],
            [bounds.minY, gap],
            [bounds.maxX, ceiling.length_mm - gap],
            [bounds.maxY, ceiling.width_mm - gap],
          ] as const) {
            assert.ok(Math.abs(found - expected) < 1e-6, `${found} is not ${expected}`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('keep a name of a material as it is', () => {
    const name = '<script>%%c\\P\u202e\n';
    const drawn = { ...hall, material: { name, color: '{\\b}' } };
    for (const drawing of [planDrawing(drawn), screenDrawing(drawn)]) {
      assert.equal(textsOf(drawing.shapes).at(-1)?.[2], `Material: ${name} - {\\b}`);
    }
  });
});

describe('the sheet', () => {
  it('has the plan without its lines of text, a title block, a cutting list and the costs', () => {
    const sheet = sheetOf({ name: 'Hall', project: projectOf(), paper: 'a4', position: 'decisions/0@42' });
    const plan = planDrawing(hall);
    const isLine = (shape: Shape) =>
      shape.kind === 'text' && shape.align === 'start' && shape.layer === planLayers.annotations;
    assert.deepEqual(sheet.drawing, { ...plan, shapes: plan.shapes.filter((shape) => !isLine(shape)) });
    assert.deepEqual(Object.fromEntries(sheet.titleBlock), {
      ...{ Project: 'Hall', Ceiling: '4800 × 3600 mm', Panels: '6 (2 × 3)', 'Panel size': '1500.0 × 1333.3 mm' },
      ...{ Gaps: 'perimeter 200 mm, panels 200 mm', Material: 'LED Panel, White', 'Total cost': '$5,400.00' },
      ...{ 'With waste and labor': '$7,762.50', Generated: '2026-03-04 09:15:02 UTC', 'As of': 'decisions/0@42' },
    });
    assert.deepEqual(
      sheet.tables.map(({ heading, rows }) => [heading, rows.length]),
      [
        ['Cutting list', 1],
        ['Costs', 5],
      ],
    );
    for (const { columns, rows } of sheet.tables) assert.ok(rows.every((row) => row.length === columns.length));
  });

  it('has no costs without a material', () => {
    const { material: _none, ...project } = projectOf();
    const sheet = sheetOf({ name: 'Hall', project, paper: 'a3' });
    assert.deepEqual(
      sheet.tables.map(({ heading }) => heading),
      ['Cutting list'],
    );
    assert.ok(sheet.titleBlock.every(([label]) => !/cost|Material|As of/i.test(label)));
  });
});
