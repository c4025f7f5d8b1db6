import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type CommandsAndRecords, type DeviceLine, type JudgedCommand, judgeCommands } from './judge-commands.ts';

const expiresAtMs = 10_000;

const command = (more: Partial<JudgedCommand> = {}): JudgedCommand => ({
  ...{ commandId: 'c', nodeId: 'n', parent: undefined, nodes: [], act: 'quick', state: 'succeeded', expiresAtMs },
  ...{ claimedAtMs: [1_000], deliveredBy: 'acknowledgement' },
  ...more,
});

const line = (what: string, more: Partial<DeviceLine> = {}): DeviceLine => ({
  ...{ nodeId: 'n', commandId: 'c', what, atMs: 2_000, outcome: undefined },
  ...more,
});

const [received, begun, executed] = [line('received'), line('begun'), line('executed')];
const answered = (outcome: string): DeviceLine => line('answer', { outcome });
const well = [received, begun, executed, answered('executing'), answered('succeeded')];

const judged = (
  commands: readonly JudgedCommand[],
  lines: readonly DeviceLine[],
  more: Partial<CommandsAndRecords> = {},
) => judgeCommands({ commands, lines, cancelled: new Set(), onTheWayMs: 5_000, ...more });

const isBroken = (pattern: RegExp, ...given: Parameters<typeof judged>): void => {
  const { violations } = judged(...given);
  assert.ok(
    violations.some((one) => pattern.test(one)),
    `${pattern} in ${JSON.stringify(violations)}`,
  );
};

it('a command that was received and executed once, and answered, is what it says', () => {
  const { violations, states, ...counts } = judged([command()], well);
  assert.deepEqual([violations, states], [[], { succeeded: 1 }]);
  assert.deepEqual(counts, { received: 1, again: 0, executed: 1, died: 0, lateMs: 0 });
});

it('what may be is no violation: sent twice, executed and unanswered, failed without having been executed', () => {
  const twice = judged([command()], [received, ...well]);
  assert.deepEqual([twice.violations, twice.again], [[], 1]);
  assert.deepEqual(judged([command({ state: 'unanswered' })], [received, executed]).violations, []);
  assert.deepEqual(judged([command({ state: 'failed' })], [received, answered('failed')]).violations, []);
  const unsent = { deliveredBy: undefined, claimedAtMs: [] };
  assert.deepEqual(judged([command({ state: 'expired', ...unsent })], []).violations, []);
  const died = judged([command({ act: 'die', state: 'unanswered' })], [received, begun]);
  assert.deepEqual([died.violations, died.died], [[], 1]);
});

it('what succeeded was executed, and once', () => {
  isBroken(/not executed once/, [command()], [received, answered('succeeded')]);
  isBroken(/not executed once/, [command()], [...well, executed]);
});

it('what was executed says so, or that nobody knows', () => {
  for (const state of ['expired', 'cancelled'] as const) isBroken(/says nothing of it/, [command({ state })], well);
  isBroken(/more than once/, [command({ state: 'failed' })], [received, executed, executed, answered('failed')]);
});

it('what expired or was taken back reached nobody', () => {
  for (const state of ['expired', 'cancelled'] as const) isBroken(/reached nobody/, [command({ state })], [received]);
  isBroken(/taken back/, [command()], well, { cancelled: new Set(['c']) });
});

it('what was delivered was received, and by its node', () => {
  isBroken(/never received/, [command({ state: 'unanswered' })], []);
  isBroken(/came to other/, [command()], [line('received', { nodeId: 'other' }), ...well]);
  isBroken(/nobody asked for it/, [], [received]);
});

it('an outcome is the one that the node said first', () => {
  isBroken(/another outcome/, [command()], [received, executed, answered('failed')]);
  isBroken(/another outcome/, [command({ state: 'failed' })], [...well, answered('failed')]);
});

it('one whose node died before the execution is unanswered', () => {
  isBroken(/died before/, [command({ act: 'die', state: 'failed' })], [received, begun, answered('failed')]);
});

it('all of them end, and none is sent after its expiry', () => {
  isBroken(/not ended/, [command({ state: 'delivered' })], [received]);
  isBroken(/claimed after/, [command({ claimedAtMs: [1_000, expiresAtMs + 1] })], well);
  const late = line('received', { atMs: expiresAtMs + 5_001 });
  isBroken(/after its expiry/, [command()], [late, ...well]);
  assert.equal(judged([command()], [line('received', { atMs: expiresAtMs + 4_000 }), ...well]).lateMs, 4_000);
});

it('one for several nodes has one for each of them', () => {
  const group = command({ commandId: 'g', nodeId: undefined, nodes: ['n', 'm'], state: 'accepted' });
  const child = command({ parent: 'g' });
  isBroken(/not one for each/, [group, child], well);
  isBroken(/for 2 nodes is requested/, [{ ...group, state: 'requested' }], []);
  assert.deepEqual(judged([{ ...group, nodes: ['n'] }, child], well).violations, []);
  assert.deepEqual(judged([{ ...group, state: 'cancelled' }, child], well).violations, []);
});
