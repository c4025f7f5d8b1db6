import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CommandStep, stepsOf } from './answers.ts';
import { type Character, characters, charactersOf, isAwake } from './characters.ts';

const all: readonly Character[] = ['prompt', 'slow', 'silent', 'twice', 'failing', 'dozing', 'sleeping'];
const taken = fc.record({ seed: fc.nat(), character: fc.constantFrom(...all), commandId: fc.uuid() });
const isExecution = ({ does }: CommandStep): boolean => does === 'execute';
const outcomes = (steps: readonly CommandStep[]): readonly string[] =>
  steps.flatMap((step) => (step.does === 'answer' ? new Array<string>(step.times).fill(step.answer.outcome) : []));

describe('what a simulated node does with a command', () => {
  it('is the same for the same seed and command', () => {
    fc.assert(
      fc.property(taken, (asked) => {
        assert.deepEqual(stepsOf({ ...asked, isExpired: false }), stepsOf({ ...asked, isExpired: false }));
      }),
    );
  });

  it('is executed once at most, and before the node says that it was; and not when it has expired', () => {
    fc.assert(
      fc.property(taken, fc.boolean(), (asked, isExpired) => {
        const steps = stepsOf({ ...asked, isExpired });
        const executions = steps.filter(isExecution).length;
        assert.ok(executions <= (isExpired ? 0 : 1));
        const succeeded = steps.findIndex((step) => step.does === 'answer' && step.answer.outcome === 'succeeded');
        if (succeeded >= 0) assert.ok(steps.slice(0, succeeded).some(isExecution));
        const times = steps.map(({ afterMs }) => afterMs);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('is what its character says', () => {
    fc.assert(
      fc.property(fc.nat(), fc.uuid(), (seed, commandId) => {
        const said = (character: Character) => outcomes(stepsOf({ seed, character, commandId, isExpired: false }));
        for (const character of ['prompt', 'dozing', 'sleeping'] as const)
          assert.deepEqual(said(character), ['succeeded']);
        assert.deepEqual(said('slow'), ['executing', 'succeeded']);
        assert.deepEqual(said('silent'), []);
        assert.deepEqual(said('twice'), ['succeeded', 'succeeded']);
        assert.deepEqual(said('failing'), ['failed']);
      }),
    );
  });

  it('is sometimes done and sometimes not where nobody is told', () => {
    const done = (commandId: string) =>
      stepsOf({ seed: 1, character: 'silent', commandId, isExpired: false }).some(isExecution);
    const ids = Array.from({ length: 100 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
    const count = ids.filter(done).length;
    assert.ok(count > 20 && count < 80, String(count));
  });
});

describe('characters', () => {
  it('have exact shares in every ten nodes, and other places with another seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 12 }), (seed, tens) => {
        const given = characters(seed, tens * 10);
        assert.equal(given.length, tens * 10);
        for (const character of all) {
          const share = character === 'prompt' ? 4 : 1;
          assert.equal(given.filter((one) => one === character).length, tens * share, character);
        }
        assert.equal(given.filter(isAwake).length, tens * 8);
      }),
    );
    assert.notDeepEqual(characters(1, 100), characters(2, 100));
    assert.deepEqual(characters(1, 100), characters(1, 100));
  });

  it('have the shares that they are given, and the rest is prompt', () => {
    const share = fc.integer({ min: 0, max: 25 }).map((percent) => percent / 100);
    const shares = fc.record({ slow: share, silent: share, twice: share, failing: share });
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 300 }), shares, (seed, nodes, asked) => {
        const given = charactersOf(seed, nodes, asked);
        assert.equal(given.length, nodes);
        let rest = nodes;
        for (const [character, wanted] of Object.entries(asked)) {
          const count = given.filter((one) => one === character).length;
          assert.ok(Math.abs(count - wanted * nodes) <= 1, `${count} of ${nodes} are ${character}`);
          rest -= count;
        }
        assert.equal(given.filter((one) => one === 'prompt').length, rest);
      }),
    );
    assert.deepEqual(charactersOf(1, 3, { silent: 1 }), ['silent', 'silent', 'silent']);
    assert.deepEqual(charactersOf(1, 2, {}), ['prompt', 'prompt']);
    assert.notDeepEqual(charactersOf(1, 100, { slow: 0.5 }), charactersOf(2, 100, { slow: 0.5 }));
  });
});
