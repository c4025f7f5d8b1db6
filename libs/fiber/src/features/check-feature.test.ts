/** Fields of features: what is taken, what a new one begins with, and what is said of what is not taken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type FeatureLayer, featureFields } from '../vocabulary/feature-fields.ts';
import { checkFeature, type FeatureValues, featureLimits } from './check-feature.ts';

const layers = Object.keys(featureFields) as FeatureLayer[];
const year = 2026;

const valuesOf = (layer: FeatureLayer, given: unknown, before?: FeatureValues): FeatureValues => {
  const checked = checkFeature(layer, given, { before, year });
  return 'values' in checked ? checked.values : assert.fail(JSON.stringify(checked.faults));
};

const faultsOf = (layer: FeatureLayer, given: unknown): readonly string[] => {
  const checked = checkFeature(layer, given, { year });
  return 'faults' in checked ? checked.faults.map(({ field }) => field) : [];
};

describe('fields of a feature', () => {
  it('begin as the replaced system let them begin', () => {
    const pole = valuesOf('pole', { naziv: 'P1', visina: 8.5 });
    assert.deepEqual(pole, {
      ...{ naziv: 'P1', tip: undefined, visina: 8.5, materijal: undefined },
      ...{ stanje: 'Planned', godina_ugradnje: 2026, napomena: undefined },
    });
    assert.equal(valuesOf('aerial_cable', {}).slack_m, 0);
    assert.equal(valuesOf('route', {}).godina_ugradnje, undefined);
  });

  it('stay where nothing is said, and are unknown where nothing is said to be there', () => {
    const before = valuesOf('pole', { naziv: 'P1', tip: 'A', godina_ugradnje: 1999 });
    const after = valuesOf('pole', { tip: '', materijal: 'Wood', stanje: null }, before);
    assert.deepEqual(after, { ...before, tip: undefined, materijal: 'Wood', stanje: undefined });
  });

  it('are understood by the names of the plugin', () => {
    assert.equal(valuesOf('underground_cable', { do: 'ODF 2' }).do_, 'ODF 2');
    const slack = valuesOf('optical_slack', { cable_layer_id: 'Kablovi_podzemni_9f3c', cable_fid: 7 });
    assert.deepEqual([slack.kabl_layer_id, slack.kabl_fid], ['Kablovi_podzemni_9f3c', 7]);
    assert.deepEqual(faultsOf('underground_cable', { do: 'A', do_: 'B' }), ['do_']);
  });

  it('are recorded as given, of every layer, and once recorded change nothing', () => {
    for (const layer of layers) {
      const given = Object.entries(featureFields[layer]).map(([name, { type }]) => {
        const value = {
          text: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text)),
          integer: fc.integer({ min: -featureLimits.integerMax, max: featureLimits.integerMax }),
          real: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
          time: fc.constant('2026-03-04T09:15:02Z'),
        }[type];
        return [name, value] as const;
      });
      fc.assert(
        fc.property(fc.record(Object.fromEntries(given), { requiredKeys: [] }), (fields) => {
          const values = valuesOf(layer, fields);
          assert.deepEqual(Object.keys(values), Object.keys(featureFields[layer]));
          for (const [name, value] of Object.entries(fields)) {
            if (featureFields[layer][name]?.type === 'time') assert.equal(values[name], 1_772_615_702_000_000);
            else assert.equal(values[name], value === 0 ? 0 : value);
          }
          assert.deepEqual(valuesOf(layer, {}, values), values);
        }),
        { numRuns: 50 },
      );
    }
  });

  it('are refused with every fault at once', () => {
    const cable = {
      ...{ naziv: 'x'.repeat(featureLimits.textLength + 1), tip: 'a\u0000b', podtip: '\ud800', kapacitet: 12 },
      ...{ broj_vlakana: 1.5, broj_cevcica: 2 ** 31, duzina_m: Number.NaN, slack_m: '20', total_len_m: -1e16 },
      ...{ oznaka: 'of an element', toString: 1 },
    };
    assert.deepEqual(faultsOf('aerial_cable', cable).toSorted(), Object.keys(cable).toSorted());
    assert.deepEqual(faultsOf('aerial_cable', JSON.parse('{"__proto__":{"naziv":"x"}}')), ['__proto__']);
    for (const vreme of ['yesterday', 5, '1066-10-14T09:00:00Z']) {
      assert.deepEqual(faultsOf('fiber_break', { vreme }), ['vreme']);
    }
    for (const given of [undefined, null, 'x', 1, []]) assert.deepEqual(faultsOf('route', given), ['']);
  });

  it('may have lines in a text, and nothing else that is not seen', () => {
    assert.equal(valuesOf('route', { napomena: 'one\n\ttwo\r\n' }).napomena, 'one\n\ttwo\r\n');
    assert.deepEqual(faultsOf('route', { napomena: 'bell\u0007' }), ['napomena']);
  });
});
