import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Arrived, arrivals } from './arrivals.ts';

it('remembers those alone that would be new events, one for each packet id', () => {
  const known = arrivals();
  take(known, message(1, 'says when it was'));
  assert.equal(known.size(), 0);
  for (let n = 0; n < 3; n += 1) take(known, message(1, `does not ${n}`), `id ${n}`);
  assert.equal(known.size(), 1);
  assert.equal(take(known, message(1, 'does not 2', true)).id, 'id 2');
  assert.equal(take(known, message(1, 'does not 1', true)).id, undefined);
  assert.deepEqual(known.totals(), { received: 6, redelivered: 2 });
});

it('distinguishes messages of other topics and other oversized payloads', () => {
  const known = arrivals();
  const large = { ...message(1, 'beginning'), oversized: { sha256: 'a' } };
  take(known, large, 'large');
  assert.equal(take(known, { ...large, dup: true }).id, 'large');
  assert.equal(take(known, { ...large, dup: true, oversized: { sha256: 'b' } }).id, undefined);
  take(known, message(2, 'x'), 'small');
  assert.equal(take(known, { ...message(2, 'x', true), topic: 'other' }).id, undefined);
});

it('forgets what our peer is known to have heard of, and nothing else', () => {
  const known = arrivals();
  for (const packetId of [1, 2, 3]) take(known, message(packetId, 'x'), `id ${packetId}`);
  known.acknowledged(1);
  known.asked();
  known.acknowledged(2);
  known.asked();
  known.answered();
  assert.equal(known.size(), 2);
  // On the next connection nobody answers what was asked on the last one.
  known.reconnected();
  known.answered();
  assert.equal(known.size(), 2);
  assert.equal(take(known, message(2, 'x', true)).id, 'id 2');
  known.asked();
  known.answered();
  assert.equal(known.size(), 2, 'sent again, and not acknowledged again before the question');
  assert.equal(take(known, message(3, 'x', true)).id, 'id 3');
  known.forget();
  assert.equal(known.size(), 0);
});

it('remembers that a message was counted', () => {
  const known = arrivals();
  const first = known.of(message(1, 'x'), 5);
  first.counted = true;
  known.remember(message(1, 'x'), first);
  assert.deepEqual(known.of(message(1, 'x', true), 9), { receivedTimeUs: 5, id: undefined, counted: true });
});

const message = (packetId: number, text: string, dup = false): Arrived => ({
  ...{ topic: 't', packetId, dup, payload: Buffer.from(text), oversized: undefined },
});

/** @param id what is made for it when it is new. */
const take = (known: ReturnType<typeof arrivals>, one: Arrived, id?: string) => {
  const arrival = known.of(one, 0);
  arrival.id ??= id;
  known.remember(one, arrival);
  return arrival;
};
