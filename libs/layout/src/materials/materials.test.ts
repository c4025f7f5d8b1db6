import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkMaterial } from './custom-material.ts';
import { findMaterial, materials } from './known-materials.ts';

const custom = { name: 'Cork', color: 'Brown', reflectivity: 0.3, cost_per_sqm: 60, notes: 'Pressed' };
const codesOf = (given: unknown) => {
  const result = checkMaterial(given);
  return 'problems' in result ? result.problems.map(({ field, code }) => [field, code]) : [];
};

describe('materials', () => {
  it('are seven, each with its price', () => {
    assert.deepEqual(
      materials.map(({ key, cost_per_sqm }) => [key, cost_per_sqm]),
      [
        ['led_panel_white', 450],
        ['led_panel_black', 450],
        ['acoustic_white', 35],
        ['acoustic_grey', 35],
        ['drywall_white', 15],
        ['aluminum_brushed', 120],
        ['aluminum_polished', 140],
      ],
    );
  });

  it('are found by key, and an unknown key is told which there are', () => {
    assert.deepEqual(findMaterial('acoustic_grey'), {
      value: {
        ...{ key: 'acoustic_grey', name: 'Acoustic Panel', category: 'acoustic', color: 'Grey' },
        ...{ reflectivity: 0.5, cost_per_sqm: 35, notes: 'Sound absorbing, Class A' },
      },
    });
    for (const key of ['led_panel_neutral', 'constructor', '', 7, undefined]) {
      const result = findMaterial(key);
      assert.ok('problems' in result);
      assert.equal(result.problems[0]?.field, 'material_name');
    }
    const unknown = findMaterial('led_panel_neutral', 'material_id');
    assert.ok('problems' in unknown);
    assert.match(
      unknown.problems[0]?.message ?? '',
      /^material_id must be one of led_panel_white, .*aluminum_polished/,
    );
  });
});

describe('a custom material', () => {
  it('has a name and a price; the rest may be left out', () => {
    assert.deepEqual(checkMaterial(custom), { value: { ...custom, category: 'custom' } });
    assert.deepEqual(checkMaterial({ name: 'Cork', cost_per_sqm: 0 }), {
      value: { name: 'Cork', category: 'custom', color: '', reflectivity: 0, cost_per_sqm: 0, notes: '' },
    });
  });

  it('is refused with every problem at once', () => {
    const given = {
      name: ' ',
      category: 'metal',
      color: 'x'.repeat(101),
      reflectivity: 1.1,
      cost_per_sqm: -1,
      key: 'a',
    };
    assert.deepEqual(codesOf(given), [
      ['material.key', 'unknown-field'],
      ['material.category', 'unknown-value'],
      ['material.name', 'missing'],
      ['material.color', 'too-long'],
      ['material.reflectivity', 'out-of-range'],
      ['material.cost_per_sqm', 'out-of-range'],
    ]);
  });

  it('has a name that is text, whatever it looks like, unless it is too long or breaks a line', () => {
    for (const name of ['<script>alert(1)</script>', '%%c50', '\u202eabc', 'שלום', 'a\\P b', '💡'.repeat(200)]) {
      assert.deepEqual(codesOf({ ...custom, name }), [], name);
    }
    for (const name of ['a\nb', 'a\u0000', 'a\u0085b', 'a\u2028b', 'half \ud800']) {
      assert.deepEqual(codesOf({ ...custom, name }), [['material.name', 'control-character']], JSON.stringify(name));
    }
    for (const name of ['x'.repeat(5000), '💡'.repeat(201)]) {
      assert.deepEqual(codesOf({ ...custom, name }), [['material.name', 'too-long']]);
    }
  });
});
