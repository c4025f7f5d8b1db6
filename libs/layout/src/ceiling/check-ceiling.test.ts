import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ceilingOf } from '../testing/ceilings.ts';
import { checkCeiling } from './check-ceiling.ts';

const problemsOf = (given: unknown) => {
  const result = checkCeiling(given);
  return 'problems' in result ? result.problems : [];
};
const codesOf = (given: unknown) => problemsOf(given).map(({ field, code }) => [field, code]);

describe('a ceiling as it was given', () => {
  it('takes defaults for all but its length and width', () => {
    assert.deepEqual(checkCeiling({ length_mm: 4800, width_mm: 3600 }), { value: ceilingOf(4800, 3600) });
    assert.deepEqual(checkCeiling({ length_mm: 4800, width_mm: 3600, strategy: null }, { panel_gap_mm: 50 }), {
      value: ceilingOf(4800, 3600, { panel_gap_mm: 50 }),
    });
    assert.deepEqual(codesOf({}), [
      ['length_mm', 'missing'],
      ['width_mm', 'missing'],
    ]);
  });

  it('is refused with every problem at once', () => {
    const given = {
      ...{ length_mm: Number.NaN, width_mm: 1e9, perimeter_gap_mm: -1, panel_gap_mm: '50', target_aspect_ratio: 0 },
      ...{ max_panel_dimension_mm: 5001, max_panels_per_dimension: 2.5, strategy: 'fastest', color: 'white' },
    };
    assert.deepEqual(codesOf(given), [
      ['color', 'unknown-field'],
      ['length_mm', 'not-finite'],
      ['width_mm', 'out-of-range'],
      ['perimeter_gap_mm', 'out-of-range'],
      ['panel_gap_mm', 'wrong-type'],
      ['target_aspect_ratio', 'out-of-range'],
      ['max_panel_dimension_mm', 'out-of-range'],
      ['max_panels_per_dimension', 'wrong-type'],
      ['strategy', 'unknown-value'],
    ]);
    assert.match(
      problemsOf(given).at(-1)?.message ?? '',
      /must be one of balanced, .*maximize_symmetry, not "fastest"/,
    );
  });

  it('has room between its perimeter gaps, and says how much it needs', () => {
    assert.deepEqual(problemsOf({ length_mm: 499, width_mm: 500 }), [
      {
        field: 'length_mm',
        code: 'too-small',
        message: 'length_mm must be at least 500 (twice the perimeter gap of 200 and 100), not 499',
      },
    ]);
  });

  it('may have the bounds themselves', () => {
    for (const given of [
      { length_mm: 50_000, width_mm: 100, perimeter_gap_mm: 0, panel_gap_mm: 1000 },
      { length_mm: 2100, width_mm: 2100, perimeter_gap_mm: 1000, panel_gap_mm: 0, max_panel_dimension_mm: 5000 },
    ]) {
      assert.deepEqual(problemsOf(given), []);
    }
  });

  it('allows a largest panel that is larger than the smallest', () => {
    const given = { length_mm: 5000, width_mm: 5000, max_panel_dimension_mm: 300 };
    assert.deepEqual(codesOf(given), [['max_panel_dimension_mm', 'contradiction']]);
  });

  it('is an object, whatever names it holds', () => {
    for (const given of [undefined, null, 5, 'text', []]) assert.deepEqual(codesOf(given)[0], ['', 'wrong-type']);
    assert.deepEqual(codesOf(Object.create({ length_mm: 5000, width_mm: 5000 })), codesOf({}), 'of its own');
    const hostile: unknown = JSON.parse('{"__proto__":{"length_mm":5000},"constructor":1,"width_mm":5000}');
    assert.deepEqual(codesOf(hostile), [
      ['__proto__', 'unknown-field'],
      ['constructor', 'unknown-field'],
      ['length_mm', 'missing'],
    ]);
  });

  it('names no more unknown fields than can be read', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field${index}`, index]));
    assert.equal(problemsOf({ ...many, length_mm: 5000, width_mm: 5000 }).length, 21);
    assert.ok((problemsOf({ ['x'.repeat(5_000_000)]: 1 })[0]?.message.length ?? 0) < 500);
  });
});
