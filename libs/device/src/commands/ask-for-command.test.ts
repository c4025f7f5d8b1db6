import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Actor, type Command, defaultOrganisation } from '@plenum/event';
import { askForCommand, type CommandAsked, groupMax } from './ask-for-command.ts';
import { commandFaults } from './command-faults.ts';
import type { Request } from './command-rules.ts';
import type { GroupAsked, TargetNode } from './target-reads.ts';

const actor: Actor = { id: 'ana', permissions: ['write:commands'], organisation: defaultOrganisation };
const node = (node_id: string, disabled = false): TargetNode => ({ node_id, disabled });

const asking = async (found: readonly TargetNode[], asked: Partial<CommandAsked>) => {
  const read: GroupAsked[] = [];
  const handled: Command[] = [];
  const done = await askForCommand(
    {
      targets: {
        nodes: async (of) => {
          read.push(of);
          return found;
        },
      },
      handle: async (command) => {
        handled.push(command);
        return { outcome: 'done', how: 'recorded', id: 'c1', stream: 'command-c1', version: 1 };
      },
      newId: () => 'c1',
      clock: { nowUs: () => 5_000_000 },
    },
    { target: 'all', command: 'calibrate', parameters: { offset: 1 }, ...asked },
    { id: 'm1', actor },
  );
  const request = handled.map(({ data }) => data as Request)[0];
  return { done, read, request };
};

const refusal = async (found: readonly TargetNode[], asked: Partial<CommandAsked>): Promise<readonly string[]> => {
  const { done, request } = await asking(found, asked);
  assert.equal(request, undefined);
  return done.outcome === 'refused' ? [done.code, done.reason] : [done.outcome];
};

describe('a command is asked for', () => {
  it('of one node, with the usual times', async () => {
    const { read, request } = await asking([], { target: 'node-17' });
    assert.deepEqual(read, []);
    assert.partialDeepStrictEqual(request, {
      ...{ commandId: 'c1', nodeId: 'node-17', target: 'node-17', nodes: [], parameters: '{"offset":1}', by: 'ana' },
      ...{ expiresAtUs: 65_000_000, answerWithinMs: 30_000 },
    });
  });

  it('of everybody who is not disabled', async () => {
    const { read, request } = await asking([node('a'), node('b', true), node('c')], { expiresInMs: 1_000 });
    assert.deepEqual(read, [{}]);
    const whole = { nodeId: undefined, target: 'all', nodes: ['a', 'c'], expiresAtUs: 6_000_000 };
    assert.partialDeepStrictEqual(request, whole);
  });

  it('of those in a zone, if there are any', async () => {
    const { read, request } = await asking([node('a')], { target: 'zone:lobby' });
    assert.deepEqual(read, [{ zone: 'lobby' }]);
    assert.partialDeepStrictEqual(request, { target: 'zone:lobby', nodes: ['a'] });
    assert.equal((await refusal([], { target: 'zone:lobby' }))[0], 'not-found');
    assert.equal((await refusal([node('a', true)], {}))[0], 'not-found');
  });

  it('of a list, all of it or nothing', async () => {
    const { request } = await asking([node('b'), node('a')], { target: ['a', 'b'] });
    assert.partialDeepStrictEqual(request, { target: 'nodes', nodes: ['b', 'a'] });
    assert.deepEqual(await refusal([node('a')], { target: ['a', 'x', 'y'] }), ['not-found', 'Not enrolled: x, y.']);
    assert.deepEqual(await refusal([node('a', true)], { target: ['a'] }), ['not-now', 'Disabled: a.']);
  });

  it('of no more than fit', async () => {
    const many = Array.from({ length: groupMax + 1 }, (_, n) => node(`n${n}`));
    assert.equal((await refusal(many, {}))[0], 'invalid');
    const long = many.slice(1).map(({ node_id }) => node(node_id.padEnd(128, 'x')));
    assert.equal((await refusal(long, {}))[0], 'invalid');
    assert.equal((await asking(many.slice(1), {})).request?.nodes.length, groupMax);
  });
});

describe('what is wrong with a command', () => {
  const faultsOf = (asked: Partial<CommandAsked>): readonly string[] =>
    commandFaults({ target: 'a', command: 'status', parameters: {}, ...asked }).map(({ field }) => field);
  const cases: readonly (readonly [Partial<CommandAsked>, readonly string[]])[] = [
    [{ expiresInMs: 1_000, answerWithinMs: 100, command: 'c'.repeat(200), parameters: { a: 'x'.repeat(65_528) } }, []],
    [{ parameters: { a: '\\u0000', b: '\\\\ud800', c: '😀' } }, []],
    [{ command: '' }, ['command']],
    [{ command: 'a\nb' }, ['command']],
    [{ command: 'c'.repeat(201) }, ['command']],
    [{ expiresInMs: 999, answerWithinMs: 99 }, ['expires_in', 'answer_within']],
    [{ expiresInMs: 30 * 86_400_000 + 1, answerWithinMs: 86_400_001 }, ['expires_in', 'answer_within']],
    [{ parameters: { a: 'x'.repeat(65_529) } }, ['parameters']],
    [{ parameters: { a: ['\u0000'] } }, ['parameters']],
    [{ parameters: { '\\\ud800': 1 } }, ['parameters']],
    [{ parameters: JSON.parse(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`) }, ['parameters']],
  ];
  for (const [asked, faults] of cases) {
    it(`of ${JSON.stringify(asked).slice(0, 60)} is ${faults.join(' and ') || 'nothing'}`, () =>
      assert.deepEqual(faultsOf(asked), faults));
  }
});
