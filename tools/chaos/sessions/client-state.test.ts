import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Packet } from 'mqtt-packet';
import { type Message, newClientState, publishNew, sentAgain, take } from './client-state.ts';

const message = (n: number, qos: 1 | 2): Message => ({ n, topic: 't', payload: 'x', qos, retain: false });
const inShort = ({ cmd, messageId, ...rest }: Packet): string =>
  `${cmd} ${messageId}${'dup' in rest && rest.dup ? ' DUP' : ''}`;

it('what is not acknowledged goes again in its order, each as far as it had come', () => {
  const state = newClientState();
  for (const [n, qos] of [1, 2, 2].entries()) publishNew(state, message(n, qos === 1 ? 1 : 2));
  assert.equal(inShort(take(state, { cmd: 'pubrec', messageId: 2 }).answer as Packet), 'pubrel 2');
  assert.deepEqual(sentAgain(state).map(inShort), ['publish 1 DUP', 'pubrel 2', 'publish 3 DUP']);
  assert.equal(take(state, { cmd: 'puback', messageId: 1, reasonCode: 0 }).acknowledged?.message.n, 0);
  assert.equal(take(state, { cmd: 'pubcomp', messageId: 2 }).acknowledged?.message.n, 1);
  assert.deepEqual(take(state, { cmd: 'pubrec', messageId: 3, reasonCode: 0x99 }).acknowledged, {
    message: message(2, 2),
    reason: 0x99,
  });
  assert.deepEqual(sentAgain(state), []);
});

it('of QoS 2 a packet id is one message until it is released, and then another', () => {
  const state = newClientState();
  const publish: Packet = { cmd: 'publish', topic: 't', payload: 'x', qos: 2, dup: false, retain: false, messageId: 7 };
  assert.deepEqual(
    [publish, publish, { cmd: 'pubrel', messageId: 7 } as const, publish].map((packet) => {
      const { heard, answer } = take(state, packet);
      return [heard !== undefined, answer?.cmd];
    }),
    [
      [true, 'pubrec'],
      [false, 'pubrec'],
      [false, 'pubcomp'],
      [true, 'pubrec'],
    ],
  );
});
