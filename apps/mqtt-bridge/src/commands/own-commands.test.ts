import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ownCommands } from './own-commands.ts';

const message = (topic: string, body: unknown) => ({ topic, payload: Buffer.from(JSON.stringify(body)) });

it('knows a command that was published by its id, on the topic of a node, and no other', () => {
  const own = ownCommands();
  own.add(['a']);
  assert.equal(own.isOwn(message('ceiling/commands/node-1', { command: 'blink', command_id: 'a' })), true);
  assert.equal(own.isOwn(message('ceiling/commands/node-1', { command: 'blink', command_id: 'b' })), false);
  assert.equal(own.isOwn(message('ceiling/commands/node-1', { command: 'blink' })), false);
  assert.equal(own.isOwn(message('ceiling/nodes/node-1/responses', { command_id: 'a' })), false);
  for (const body of ['null', '[', '', '{"command_id":7}', '\xff']) {
    assert.equal(own.isOwn({ topic: 'ceiling/commands/node-1', payload: Buffer.from(body, 'latin1') }), false, body);
  }
});

it('forgets the oldest', () => {
  const own = ownCommands(2);
  own.add(['a', 'b']);
  own.add(['a', 'c']);
  const known = ['a', 'b', 'c'].filter((id) => own.isOwn(message('ceiling/commands/n', { command_id: id })));
  assert.deepEqual(known, ['a', 'c']);
});
