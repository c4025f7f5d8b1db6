/** A cut cable: whose light is gone, and whose is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { distribution, elements, feeder, patchOf, smallTown } from '../testing/small-network.ts';
import { type CutParts, cutFibers } from './cut.ts';
import { networkOf } from './network.ts';

const { olt, panel, splitter, homes } = elements;
const network = networkOf(smallTown);
const parts: CutParts = { along: () => undefined, isSource: (element) => element === olt };
const underground = { layer: 'underground_cable', id: 1 } as const;

describe('a cut cable', () => {
  it('leaves everybody beyond it without light, and nobody before', () => {
    const dark = homes.map((element) => ({ element, port: 1 }));
    assert.deepEqual(cutFibers(network, { cable: underground, atM: 100 }, parts), [{ number: 1, dark }]);
  });

  it('below a splitter leaves the other branches as they are', () => {
    const cable = { layer: 'aerial_cable', id: 3 } as const;
    assert.deepEqual(cutFibers(network, { cable, atM: 1 }, parts), [
      { number: 1, dark: [{ element: homes[1], port: 1 }] },
    ]);
  });

  it('without a source at either side, or with one at both, takes the ports of both from each other', () => {
    const all = [{ element: olt, port: 1 }, ...homes.map((element) => ({ element, port: 1 }))];
    for (const isSource of [() => false, () => true]) {
      const [fiber] = cutFibers(network, { cable: underground, atM: 100 }, { ...parts, isSource });
      assert.deepEqual(fiber?.dark, all);
    }
  });

  it('is nothing to a fibre whose joints lie both on one side of the cut', () => {
    const along = (joint: Parameters<CutParts['along']>[0]) => (joint.kind === 'splice' ? 300 : 0);
    const cut = (atM: number) => cutFibers(network, { cable: underground, atM }, { ...parts, along });
    assert.deepEqual(cut(301), []);
    assert.equal(cut(299).length, 1);
    // Of a joint that nobody knows the place of, it is taken to be at the other end.
    const half = (joint: Parameters<CutParts['along']>[0]) => (joint.kind === 'splice' ? undefined : 0);
    assert.equal(cutFibers(network, { cable: underground, atM: 301 }, { ...parts, along: half }).length, 1);
  });

  it('counts fibres that end in it, and none that nothing is joined to', () => {
    const rows = {
      ...smallTown,
      patches: [...smallTown.patches, patchOf(8, panel, 6, { fiber: feeder(2) })],
      splices: [...smallTown.splices, { id: 2, a: feeder(3), b: distribution(8), lossDb: 0.1, status: 'planned' }],
    };
    assert.deepEqual(cutFibers(networkOf(rows), { cable: underground, atM: 5 }, parts).slice(1), [
      { number: 2, dark: [{ element: panel, port: 6 }] },
      { number: 3, dark: [] },
    ]);
    assert.deepEqual(cutFibers(networkOf(rows), { cable: { ...underground, id: 99 }, atM: 5 }, parts), []);
  });

  it('in the fibre that feeds a splitter takes all of its branches, whatever else hangs at them', () => {
    const cable = { layer: 'aerial_cable', id: 1 } as const;
    const [fiber, ...more] = cutFibers(network, { cable, atM: 5 }, parts);
    assert.deepEqual(
      fiber?.dark.map(({ element }) => element),
      [...homes],
    );
    assert.deepEqual([more, fiber?.dark.some(({ element }) => element === splitter)], [[], false]);
  });
});
