import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Measured, RatioBench, Side } from './bench.ts';
import { benches } from './benches.ts';
import { parseOptions } from './options.ts';
import { resultOf, resultWithin } from './pairs.ts';
import { thirdMore } from './paths/third-more.ts';

const usage = { seconds: 1, processes: [], machineBusyShare: 1, foreignShare: 0, loadAverage: 1 };
const measured = (perSecond: number, saturation = 1): Measured => ({ perSecond, saturation, usage });
const never = (): never => {
  throw new Error('nothing runs here');
};
const bench: RatioBench = {
  ...{ kind: 'ratio', name: 'a-path', about: '', unit: 'things/s', logs: ['postgres'] },
  ...{ subject: never, against: [] },
};
const side: Side = { name: 'bare', about: '', atLeast: 0.6, aim: 0.8, run: never };
const settings = { log: 'postgres', seconds: 1, pairs: 3, nodes: 1 } as const;

it('takes the median of the pairs, not the ratio of the medians', () => {
  const pairs = [
    { subject: measured(50), bare: measured(100) },
    { subject: measured(70), bare: measured(100) },
    { subject: measured(300), bare: measured(400) },
  ];
  const result = resultOf(bench, side, settings, pairs);
  assert.equal(result.ratio, 0.7);
  assert.deepEqual(result.spread, { median: 0.7, least: 0.5, greatest: 0.75 });
  assert.ok(result.met);
});

it('has no result when the bare side could have done more', () => {
  const idle = { subject: measured(90), bare: measured(100, 0.5) };
  const result = resultOf(bench, side, settings, [idle, idle, { ...idle, bare: measured(100) }]);
  assert.equal(result.ratio, null);
  assert.ok(!result.saturated && !result.met);
});

it('misses what is below its limit', () => {
  assert.ok(!resultOf(bench, side, settings, [{ subject: measured(59), bare: measured(100) }]).met);
});

it('reads what it is asked', () => {
  const { logs, pairs, names } = parseOptions(['replay', '--log', 'both', '--pairs', '7'], benches);
  assert.deepEqual({ logs, pairs, names }, { logs: ['postgres', 'kafka'], pairs: 7, names: ['replay'] });
  assert.throws(() => parseOptions(['replays'], benches), /no path replays/);
  assert.throws(() => parseOptions(['--pairs', '0'], benches), /from 1/);
  assert.throws(() => parseOptions(['--log', 'file'], benches), /postgres, kafka or both/);
});

it('knows paths by what they are together, without those that take long', () => {
  assert.deepEqual(parseOptions(['exports'], benches).names, ['export-csv', 'export-parquet', 'export-dxf']);
  assert.ok(parseOptions(['exports', '--all'], benches).names.includes('export-memory'));
  assert.deepEqual(parseOptions(['export-memory'], benches).names, ['export-memory']);
  assert.deepEqual(parseOptions(['stream'], benches).names, ['stream-live', 'stream-resume']);
});

it('knows every path by a name of its own', () => {
  assert.equal(new Set(benches.map(({ name }) => name)).size, benches.length);
});

it('holds a limit with the median, unless what was to be offered was not', () => {
  const limit = { name: 'a-cost', atMost: 7, aim: 5 };
  const limited = { values: [6, 7, 9], usage: [usage], notes: [] };
  const where = { log: 'postgres', unit: 's' } as const;
  const met = resultWithin(limit, limited, where);
  assert.deepEqual([met.bench, met.value, met.met, met.saturated], ['a-cost', 7, true, true]);
  const late = resultWithin(limit, { ...limited, noResult: 'too late' }, where);
  assert.deepEqual([late.value, late.met, late.saturated], [7, false, false]);
  assert.equal(resultWithin(limit, { ...limited, values: [7.1] }, where).met, false);
});

it('allows a third more where a broker of somebody else is on the way', () => {
  assert.deepEqual(thirdMore({ name: 'a', atMost: 60, aim: 35 }), { name: 'a', atMost: 80, aim: 47 });
  assert.deepEqual(thirdMore({ name: 'a', atMost: 6.5, aim: 4.5 }), { name: 'a', atMost: 8.7, aim: 6 });
});

it('gives every limit a name of its own, which begins with that of its path', () => {
  const names = benches.flatMap((one) =>
    one.kind !== 'limit' ? [] : one.limits('postgres').map(({ name }) => ({ name, path: one.name })),
  );
  assert.equal(new Set(names.map(({ name }) => name)).size, names.length);
  assert.ok(names.every(({ name, path }) => name === path || name.startsWith(`${path}-`)));
});
