import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type DecidedEvent, type NewEvent, newEvent } from '@plenum/event';
import { CommandAccepted, CommandDelivered, CommandExecuting, CommandRequested } from './command-events.ts';
import { openCommandStatements } from './open-commands.ts';

it('many commands that are asked for together take one statement, with what each is in its place', () => {
  const [statement, ...others] = openCommandStatements(['a', 'b', 'c'].flatMap(requested));
  assert.deepEqual(others, []);
  const [ids, versions, nodes] = statement?.parameters ?? [];
  assert.deepEqual(
    [ids, versions, nodes],
    [
      ['a', 'b', 'c'],
      [1, 1, 1],
      ['node-a', 'node-b', 'node-c'],
    ],
  );
  assert.match(statement?.text ?? '', /unnest\(\$1::text\[\], \$2::int\[\], .*\$8::timestamptz\[\]\)/);
});

it('what follows on another kind, and what is of the same row again, takes a statement of its own', () => {
  const events = [delivered('a', 4), delivered('b', 4), executing('b', 5), executing('c', 5), executing('c', 6)];
  const rows = openCommandStatements(events).map(({ parameters: [ids, versions, states] }) => [ids, versions, states]);
  assert.deepEqual(rows, [
    [
      ['a', 'b'],
      [4, 4],
      ['delivered', 'delivered'],
    ],
    [
      ['b', 'c'],
      [5, 5],
      ['executing', 'executing'],
    ],
    [['c'], [6], ['executing']],
  ]);
});

const requested = (id: string): readonly DecidedEvent[] => [
  at(
    1,
    newEvent(CommandRequested, {
      ...{ command_id: id, node_id: `node-${id}`, target: `node-${id}`, nodes: [], parent: undefined },
      ...{ command: 'blink', parameters: '{}', expires_at: 2, answer_within_ms: 1, by: 'somebody' },
    }),
  ),
  at(2, newEvent(CommandAccepted, { command_id: id, node_id: `node-${id}` })),
];

const delivered = (id: string, version: number): DecidedEvent =>
  at(version, newEvent(CommandDelivered, { command_id: id, node_id: 'n', evidence: 'answer', answer_by: 3 }));

const executing = (id: string, version: number): DecidedEvent =>
  at(
    version,
    newEvent(CommandExecuting, { command_id: id, node_id: 'n', answer_id: 'x', detail: undefined, answer_by: 3 }),
  );

const at = (version: number, event: NewEvent): DecidedEvent => ({
  ...event,
  ...{ id: 'some', source: 'somewhere', effectiveTimeUs: 1, recordedTimeUs: 1 },
  decision: { stream: 'command-x', version, organisation: 'default', commandId: 'c' },
});
