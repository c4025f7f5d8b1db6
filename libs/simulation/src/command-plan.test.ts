import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { characters } from './characters.ts';
import { type CommandPlan, commandPlan } from './command-plan.ts';

const zoned = (count: number) =>
  Array.from({ length: count }, (_, node) => ({ zone: `zone-${Math.floor(node / 20)}` }));
const usual: CommandPlan = { seed: 1, nodes: zoned(200), commands: 500, amongOthers: false };

describe('the commands of a run', () => {
  it('are as many as were asked for, of nodes that there are', () => {
    const sizes = fc.record({ seed: fc.nat(), nodes: fc.integer({ min: 1, max: 300 }), commands: fc.nat(600) });
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ seed, nodes, commands }, amongOthers) => {
        const planned = commandPlan({ seed, nodes: zoned(nodes), commands, amongOthers });
        assert.equal(planned.flatMap((one) => one.nodes).length, commands);
        for (const { nodes: given, target } of planned) {
          assert.ok(given.every((node) => node < nodes));
          assert.equal(new Set(given).size, given.length);
          if (target.to === 'node') assert.equal(given.length, 1);
          if (amongOthers) assert.ok(target.to === 'node' || target.to === 'nodes');
        }
      }),
    );
  });

  it('are of every kind: to one, a list, a zone and all; short, and taken back', () => {
    const planned = commandPlan(usual);
    assert.deepEqual(commandPlan(usual), planned);
    const groups = planned
      .filter(({ target }) => target.to !== 'node')
      .map(({ target, nodes }) => [target.to, nodes.length]);
    assert.deepEqual(groups, [
      ['nodes', 10],
      ['zone', 20],
      ['all', 200],
    ]);
    const given = characters(usual.seed, 200);
    const toAway = planned.filter(
      ({ target, nodes: [node = 0] }) => target.to === 'node' && given[node] === 'sleeping',
    );
    assert.equal(toAway.length, 54);
    assert.equal(toAway.filter(({ isTakenBack }) => isTakenBack).length, 27);
    assert.ok(toAway.every(({ expiresInS }) => expiresInS <= 5));
    assert.ok(planned.filter(({ isTakenBack }) => isTakenBack).length > 27);
  });
});
