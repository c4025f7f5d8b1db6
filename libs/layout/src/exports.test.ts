import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentExport } from '@plenum/domain';
import { layoutExports } from './exports.ts';

const kind = layoutExports.find((one) => one.kind === 'ceiling-calculation') as DocumentExport;
const hall = { length_mm: 4800, width_mm: 3600 };
const timeUs = Date.UTC(2026, 2, 4) * 1_000;

const compose = (options: object, format: 'svg' | 'json' | 'txt') =>
  kind.compose(async () => assert.fail('nothing is read of it'), { options, format, organisation: 'acme', timeUs });

test('a ceiling in no project is drawn of what was asked for alone', async () => {
  const made = await compose({ ...hall, material: 'led_panel_white' }, 'json');
  assert.ok(made.outcome === 'composed' && made.content.kind === 'text');
  const { metadata, layout, costs } = JSON.parse(made.content.text);
  assert.deepEqual([metadata.generated, layout.total_panels], ['2026-03-04T00:00:00.000000Z', 6]);
  assert.equal(costs.material_cost, 5400);
  assert.deepEqual(await compose({ ...hall, material: 'led_panel_white' }, 'json'), made);
  const picture = await compose({ ...hall, scale: 2 }, 'svg');
  assert.ok(picture.outcome === 'composed' && picture.content.kind === 'drawing');
  assert.equal(picture.content.view?.scale, 2);
});

test('one that cannot be drawn says everything that is wrong', async () => {
  const made = await compose({ length_mm: -1, width_mm: 1e9, material: 'gold', waste_factor: 7 }, 'txt');
  assert.ok(made.outcome === 'refused');
  for (const field of ['length_mm', 'width_mm', 'material', 'waste_factor'])
    assert.ok(made.reason.includes(field), `${field} in ${made.reason}`);
});
