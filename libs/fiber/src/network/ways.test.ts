/** What holds for every trace, over networks by chance: it is what a search finds, and the same from the other end. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNetwork } from '../testing/random-network.ts';
import { searchFrom } from '../testing/search.ts';
import { budgetsOf, lossDefaults } from './budget.ts';
import { fiberKey, networkOf } from './network.ts';
import type { Segment } from './steps.ts';
import { statusOf } from './trace.ts';
import { type Way, wayFrom, waysFrom } from './ways.ts';

describe('ways through a network', () => {
  it('are those that a search through everything finds, in 10,000 networks', () => {
    const seen: Record<string, number> = {};
    for (let seed = 0; seed < 10_000; seed += 1) {
      const rows = randomNetwork(seed);
      const network = networkOf(rows);
      for (const patch of rows.patches) {
        const ways = waysFrom(network, patch);
        const found = ways.map(({ segments, end }) => told({ passed: passed(segments), isLoop: end.end === 'loop' }));
        const searched = searchFrom(rows, patch.id).map(told);
        assert.deepEqual(found.toSorted(), searched.toSorted(), `seed ${seed}, patch ${patch.id}`);
        for (const way of ways) seen[statusOf(way)] = (seen[statusOf(way)] ?? 0) + 1;
      }
    }
    // A search that met none of a kind says nothing about it.
    for (const status of ['complete', 'open', 'loop']) assert.ok((seen[status] ?? 0) > 1_000, JSON.stringify(seen));
  });

  it('are the same from their far end, the other way round', () => {
    let [whole, split] = [0, 0];
    for (let seed = 0; seed < 3_000; seed += 1) {
      const rows = randomNetwork(seed);
      const network = networkOf(rows);
      // From a port in the midst, only one side is seen.
      const ends = rows.patches.filter(
        (one) =>
          network.splitter(one.element) === undefined &&
          (one.fiber === undefined || network.jumpersOf(one).length === 0),
      );
      for (const start of ends) {
        for (const { segments, end } of waysFrom(network, start)) {
          const far = end.end === 'port' ? network.patchAt(end.element, end.port) : undefined;
          if (far === undefined) continue;
          whole += 1;
          if (segments.some(({ kind }) => kind === 'splitter')) split += 1;
          const back = waysFrom(network, far).map((way) => JSON.stringify(way.segments));
          assert.ok(back.includes(JSON.stringify(reversed(segments))), `seed ${seed}, patch ${start.id}`);
        }
      }
    }
    assert.ok(whole > 1_000 && split > 100, `${whole} ways, ${split} of them through splitters`);
  });

  it('lose the sum of what their parts lose', () => {
    for (let seed = 0; seed < 1_000; seed += 1) {
      const rows = randomNetwork(seed);
      const network = networkOf(rows);
      for (const { segments } of rows.patches.flatMap((patch) => waysFrom(network, patch))) {
        for (const [at, { lossDb, marginDb, wavelengthNm }] of budgetsOf(network, segments).entries()) {
          const each = segments.map((segment) => budgetsOf(network, [segment])[at]?.lossDb ?? Number.NaN);
          assert.ok(Math.abs(lossDb - each.reduce((sum, one) => sum + one, 0)) < 1e-9, `${seed} at ${wavelengthNm}`);
          assert.equal(marginDb, lossDefaults.budget - lossDb);
        }
      }
    }
  });

  it('are one as far as there is only one', () => {
    let branching = 0;
    for (let seed = 0; seed < 2_000; seed += 1) {
      const rows = randomNetwork(seed);
      const network = networkOf(rows);
      for (const patch of rows.patches) {
        const [one, all] = [wayFrom(network, patch), waysFrom(network, patch)];
        for (const way of all) {
          assert.deepEqual(passed(way.segments).slice(0, passed(one.segments).length), passed(one.segments));
        }
        if (one.end.end !== 'branches') assert.deepEqual(all, [one]);
        else if (all.length > 1) branching += 1;
      }
    }
    assert.ok(branching > 100, `${branching}`);
  });
});

const passed = (segments: readonly Segment[]): readonly string[] =>
  segments.flatMap((segment) => {
    if (segment.kind === 'patch') return [`p${segment.patch.id}`];
    return segment.kind === 'cable' ? [`f${fiberKey(segment.fiber)}`] : [];
  });

const told = ({ passed: what, isLoop }: { readonly passed: readonly string[]; readonly isLoop: boolean }): string =>
  `${what.join(' ')}${isLoop ? ' again' : ''}`;

const reversed = (segments: Way['segments']): readonly Segment[] =>
  segments
    .toReversed()
    .map((segment) => (segment.kind === 'splitter' ? { ...segment, from: segment.to, to: segment.from } : segment));
