import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ceilingOf } from '../testing/ceilings.ts';
import { configurationDefaults } from './configuration.ts';
import { type ConfigurationSources, ceilingOfConfiguration, configurationOf } from './configuration-of.ts';

const configured = (sources: ConfigurationSources) => {
  const result = configurationOf(sources);
  if ('problems' in result) return assert.fail(result.problems.map(({ message }) => message).join('; '));
  return result.value;
};
const problemsOf = (sources: ConfigurationSources) => {
  const result = configurationOf(sources);
  return 'problems' in result ? result.problems.map(({ field, code }) => [field, code]) : [];
};

describe('a configuration', () => {
  it('has thirteen keys and defaults for all of them', () => {
    assert.deepEqual(configured({}), configurationDefaults);
    assert.equal(Object.keys(configurationDefaults).length, 13);
    assert.deepEqual(configured({ file: configurationDefaults }), configurationDefaults);
    assert.deepEqual(ceilingOfConfiguration(configurationDefaults), ceilingOf(5000, 4000));
  });

  it('takes answers before flags, flags before the file, and the file before defaults', () => {
    const values = fc.option(fc.integer({ min: 1000, max: 50_000 }), { nil: undefined });
    fc.assert(
      fc.property(values, values, values, (inFile, flag, answer) => {
        const { ceiling_length_mm } = configured({
          file: inFile === undefined ? {} : { ceiling_length_mm: inFile },
          flags: { length: flag },
          answers: { ceiling_length_mm: answer === undefined ? '' : String(answer) },
        });
        assert.equal(ceiling_length_mm, answer ?? flag ?? inFile ?? 5000);
      }),
    );
  });

  it('keeps off what the file turned off, whether or not a switch turns it off too', () => {
    const file = { export_dxf: false, export_svg: true };
    assert.equal(configured({ file, flags: { 'no-svg': true } }).export_dxf, false);
    assert.equal(configured({ file, flags: { 'no-svg': true } }).export_svg, false);
    assert.equal(configured({ file, flags: { 'no-dxf': false, 'no-svg': false } }).export_dxf, false);
    assert.equal(configured({ file, flags: { 'no-dxf': undefined } }).export_svg, true);
    assert.equal(configured({ file, answers: { export_dxf: 'yes' } }).export_dxf, true);
  });

  it('reads every flag, numbers also as text', () => {
    const flags = {
      ...{ length: '4800', width: 3600.5, 'perim-gap': '1e2', 'panel-gap': '0', material: 'drywall_white' },
      ...{ waste: '.2', labor: 'none', 'output-dir': 'out', strategy: 'minimize_waste' },
      ...{ 'no-dxf': true, 'no-svg': true, 'no-json': true, 'no-report': true },
    };
    assert.deepEqual(configured({ flags }), {
      ...{ ceiling_length_mm: 4800, ceiling_width_mm: 3600.5, perimeter_gap_mm: 100, panel_gap_mm: 0 },
      ...{ material_name: 'drywall_white', waste_factor: 0.2, labor_multiplier: null },
      ...{ export_dxf: false, export_svg: false, export_json: false, export_report: false },
      ...{ output_dir: 'out', optimization_strategy: 'minimize_waste' },
    });
  });

  it('counts no labor where the file says null, and takes the default for any other null', () => {
    const { labor_multiplier, waste_factor } = configured({ file: { labor_multiplier: null, waste_factor: null } });
    assert.deepEqual([labor_multiplier, waste_factor], [null, 0.15]);
  });

  it('is refused with every problem of every source at once', () => {
    const sources = {
      file: { ceiling_length: 5000, ceiling_length_mm: 'long', waste_factor: 1.15, export_dxf: 1 },
      flags: { length: 4800, width: '4m', material: 'led_panel_neutral', 'perim-gap': '-1', 'panel-gap': '0x10' },
      answers: { output_dir: 'a\nb', optimization_strategy: 'best', color: 'red' },
    };
    assert.deepEqual(problemsOf(sources), [
      ['ceiling_length', 'unknown-field'],
      ['ceiling_length_mm', 'wrong-type'],
      ['waste_factor', 'out-of-range'],
      ['export_dxf', 'wrong-type'],
      ['--width', 'wrong-type'],
      ['--perim-gap', 'out-of-range'],
      ['--panel-gap', 'wrong-type'],
      ['--material', 'unknown-value'],
      ['color', 'unknown-field'],
      ['output_dir', 'control-character'],
      ['optimization_strategy', 'unknown-value'],
    ]);
    assert.deepEqual(problemsOf({ file: [] }), [['', 'wrong-type']]);
  });

  it('describes a ceiling with room between its gaps', () => {
    const result = configurationOf({ flags: { length: 300, 'perim-gap': 200 } });
    assert.ok('problems' in result);
    assert.deepEqual(
      result.problems.map(({ message }) => message),
      ['ceiling_length_mm must be at least 500 (twice the perimeter gap of 200 and 100), not 300'],
    );
  });
});
