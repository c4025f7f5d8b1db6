import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Actor, defaultOrganisation } from '@plenum/event';
import { foldProjection, type Row } from '@plenum/read-model';
import { decidedOf, eventsOf, recorded } from '@plenum/read-model/testing';
import fc from 'fast-check';
import { commandStream } from './command-events.ts';
import { type CommandCommand, commandRules } from './command-rules.ts';
import { commandsProjection } from './commands-projection.ts';

const second = 1_000_000;
const actor: Actor = { id: 'ana', permissions: ['write:commands'], organisation: defaultOrganisation };

const request = (nodeId: string | undefined): CommandCommand => ({
  ...{ do: 'request', commandId: 'c1', nodeId, target: nodeId ?? 'all', nodes: nodeId === undefined ? ['a', 'b'] : [] },
  ...{ parent: undefined, command: 'calibrate', parameters: '{"offset":-0.3}', by: 'ana' },
  ...{ expiresAtUs: 60 * second, answerWithinMs: 30_000 },
});
const claim = (attempt: number, nowUs = second): CommandCommand => ({
  ...{ do: 'claim', attempt, replica: 'bridge-a', nowUs },
});
const notTaken = (attempt: number): CommandCommand => ({
  ...{ do: 'not-taken', attempt, why: 'not-connected', reason: undefined, nowUs: 2 * second },
});
const answer = (outcome: 'executing' | 'succeeded' | 'failed', result?: string): CommandCommand => ({
  ...{ do: 'answer', nowUs: 3 * second },
  answer: { nodeId: 'node-17', outcome, answerId: 'an-answer', detail: 'as it says', result },
});

const tablesAfter = (commands: readonly CommandCommand[]) => {
  const { events, state } = decidedOf(commandRules, commands);
  return { state, tables: foldProjection(commandsProjection, recorded(eventsOf(commandStream('c1'), events))) };
};
const rowAfter = (...commands: readonly CommandCommand[]): Row =>
  tablesAfter(commands).tables.get('commands')?.get('c1') ?? assert.fail('no row');

type Story = [nodeId: string | undefined, happenings: CommandCommand[]];

/** Of a command to one node. One to all is `requested` from its first event on. */
const waysToEachState: readonly CommandCommand[][] = [
  [],
  [claim(1)],
  [claim(1), { do: 'acknowledge', nowUs: second }],
  [claim(1), answer('executing')],
  [claim(1), answer('succeeded')],
  [claim(1), answer('failed')],
  [{ do: 'time-out', nowUs: 100 * second }],
  [claim(1), { do: 'time-out', nowUs: 100 * second }],
  [{ do: 'cancel', actor }],
];

describe('commands', () => {
  it('shows how far a command has come, and by what', () => {
    const asked = request('node-17');
    assert.partialDeepStrictEqual(rowAfter(asked), {
      ...{ command_id: 'c1', node_id: 'node-17', nodes: undefined, target: 'node-17', state: 'accepted', attempts: 0 },
      ...{ command: 'calibrate', requested_by: 'ana', expires_at: 60 * second, answer_within_ms: 30_000 },
    });
    assert.partialDeepStrictEqual(rowAfter(asked, claim(1)), { state: 'sent', replica: 'bridge-a', attempts: 1 });
    const delivered = { state: 'delivered', delivered_by: 'acknowledgement' };
    assert.partialDeepStrictEqual(rowAfter(asked, claim(1), { do: 'acknowledge', nowUs: second }), delivered);
    assert.partialDeepStrictEqual(rowAfter(asked, claim(1), answer('executing'), answer('failed', '{"code":7}')), {
      ...{ state: 'failed', delivered_by: 'answer', answer_id: 'an-answer', detail: 'as it says' },
      ...{ result: '{"code":7}', executing_at: 5 * second, ended_at: 6 * second },
    });
  });

  it('is accepted again when its only attempt was not taken, and stays sent when an earlier one may have arrived', () => {
    const first = [request('node-17'), claim(1)];
    assert.equal(rowAfter(...first, notTaken(1)).state, 'accepted');
    assert.equal(rowAfter(...first, claim(2), notTaken(2)).state, 'sent');
  });

  it('says for how many nodes it is', () => {
    assert.partialDeepStrictEqual(rowAfter(request(undefined)), { state: 'requested', node_id: undefined, nodes: 2 });
  });

  it('keeps every step with its evidence', () => {
    const steps =
      tablesAfter([request('node-17'), claim(1), notTaken(1)])
        .tables.get('command_steps')
        ?.values() ?? [];
    const shown = [...steps].map(({ what, said }) => [what, JSON.parse(String(said))]);
    assert.deepEqual(
      shown.map(([what]) => what),
      ['requested', 'accepted', 'sent', 'not-taken'],
    );
    assert.partialDeepStrictEqual(shown.at(-1)?.[1], { attempt: 1, why: 'not-connected' });
    assert.match(shown[0]?.[1].expires_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('has the state that the rules have, whatever happens', () => {
    const attempt = fc.integer({ min: 1, max: 4 });
    const nowUs = fc.integer({ min: 0, max: 200 * second });
    const happening: fc.Arbitrary<CommandCommand> = fc.oneof(
      fc.constant<CommandCommand>({ do: 'accept' }),
      // Many of these fit, so that several attempts are seen.
      { arbitrary: fc.tuple(attempt, fc.nat(59 * second)).map(([n, at]) => claim(n, at)), weight: 4 },
      { arbitrary: attempt.map(notTaken), weight: 3 },
      nowUs.map((at): CommandCommand => ({ do: 'acknowledge', nowUs: at })),
      fc.constantFrom('executing', 'succeeded', 'failed').map((outcome) => answer(outcome)),
      nowUs.map((at): CommandCommand => ({ do: 'time-out', nowUs: at })),
      fc.constant<CommandCommand>({ do: 'cancel', actor }),
    );
    const nodeIds = fc.constantFrom<string | undefined>('node-17', undefined);
    const stories: fc.Arbitrary<Story> = fc.tuple(nodeIds, fc.array(happening, { maxLength: 14 }));
    const seen = new Set<string>();
    fc.assert(
      fc.property(stories, ([nodeId, happenings]) => {
        const { state, tables } = tablesAfter([request(nodeId), ...happenings]);
        const row = tables.get('commands')?.get('c1');
        assert.partialDeepStrictEqual(row, {
          ...{ state: state?.state, attempts: state?.attempt },
          ...{ is_pending: state?.isPending, may_have_arrived: state?.mayHaveArrived },
        });
        seen.add(String(row?.state));
      }),
      // Each state, also where chance passes one by.
      { numRuns: 500, examples: waysToEachState.map((happenings): [Story] => [['node-17', happenings]]) },
    );
    assert.equal(seen.size, 10, [...seen].join(', '));
  });
});
