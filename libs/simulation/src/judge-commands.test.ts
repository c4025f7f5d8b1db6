import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CommandNoted, type CommandSaid, judgeCommands } from './judge-commands.ts';

const said = (more: Partial<CommandSaid> = {}): CommandSaid => ({
  ...{ commandId: 'c', nodeId: 'n', state: 'succeeded', isFinal: true, takenBack: undefined },
  ...{ expiresAt: '2026-03-04T09:15:30.000000Z', sentAt: '2026-03-04T09:15:00.000000Z' },
  ...more,
});
const noted = (more: Partial<CommandNoted> = {}): CommandNoted => ({
  ...{ commandId: 'c', nodeId: 'n', received: 1, executed: 1 },
  ...more,
});
const never = { sentAt: null } as const;

describe('what nodes have noted', () => {
  it('fits to every state that a command may have come to', () => {
    const fits: readonly (readonly [CommandSaid, readonly CommandNoted[]])[] = [
      [said(), [noted()]],
      [said(), [noted({ received: 2 })]],
      [said({ state: 'failed' }), [noted({ executed: 0 })]],
      [said({ state: 'failed' }), [noted()]],
      [said({ state: 'unanswered' }), [noted()]],
      [said({ state: 'unanswered' }), []],
      [said({ state: 'expired', ...never }), []],
      [said({ state: 'expired', sentAt: '2026-03-04T09:15:31.000000Z' }), []],
      [said({ state: 'cancelled', takenBack: true, ...never }), []],
      [said({ takenBack: false }), [noted()]],
    ];
    for (const [command, notes] of fits) assert.deepEqual(judgeCommands([command], notes).problems, []);
  });

  it('does not fit where one implication is violated, and says which', () => {
    const violated: readonly (readonly [RegExp, CommandSaid, readonly CommandNoted[]])[] = [
      [/^command c to n is left open$/, said({ state: 'sent', isFinal: false }), []],
      [/succeeded and was executed 0 times/, said(), [noted({ executed: 0 })]],
      [/succeeded and was executed 0 times/, said(), []],
      [/succeeded and was executed 2 times/, said(), [noted({ executed: 2 })]],
      [/was executed 2 times/, said({ state: 'unanswered' }), [noted({ executed: 2 })]],
      [/is expired and was executed/, said({ state: 'expired', ...never }), [noted()]],
      [/is cancelled and was executed/, said({ state: 'cancelled', ...never }), [noted()]],
      [/is expired and reached its node/, said({ state: 'expired', ...never }), [noted({ executed: 0 })]],
      [/is for n and reached m$/, said(), [noted({ nodeId: 'm' })]],
      [
        /was sent at .*31.000000Z and expired at .*30.000000Z/,
        said({ sentAt: '2026-03-04T09:15:31.000000Z' }),
        [noted()],
      ],
      [/is succeeded and was said to be taken back/, said({ takenBack: true }), [noted()]],
      [/is cancelled and was said to be under way/, said({ state: 'cancelled', takenBack: false, ...never }), []],
      [/m has command d, which nobody asked for/, said(), [noted(), noted({ commandId: 'd', nodeId: 'm' })]],
    ];
    for (const [wanted, command, notes] of violated) {
      assert.match(judgeCommands([command], notes).problems.join('\n'), new RegExp(wanted.source, 'm'));
    }
  });

  it('is counted by state', () => {
    const commands = [said(), said({ commandId: 'd', state: 'expired', ...never }), said({ commandId: 'e' })];
    const judged = judgeCommands(commands, [noted(), noted({ commandId: 'e' })]);
    assert.deepEqual(judged, { states: { succeeded: 2, expired: 1 }, open: 0, executed: 2, problems: [] });
  });
});
