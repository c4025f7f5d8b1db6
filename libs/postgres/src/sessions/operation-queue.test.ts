import assert from 'node:assert/strict';
import { it } from 'node:test';
import { operationQueue, type Queued } from './operation-queue.ts';
import type { Operation, SessionChange } from './operations.ts';

const change = (clientId: string, its: SessionChange): Operation => ({
  does: 'change',
  session: { clientId, epoch: 1 },
  change: its,
});
const enqueue = (clientId: string, number: number): Operation =>
  change(clientId, { kind: 'enqueue', message: { number, qos: 1, body: new Uint8Array(), expiresAtMs: undefined } });
const message = { number: 1, qos: 2, body: new Uint8Array(), expiresAtMs: undefined } as const;
const arrival = { packetId: 1, eventId: 'e', receivedTimeUs: 0 };
const passOn = (clientId: string, ...others: readonly string[]): Operation => ({
  ...{ does: 'pass-on', session: { clientId, epoch: 1 }, arrival },
  handovers: others.map((other) => ({ session: { clientId: other, epoch: 1 }, message })),
});
const take = (clientId: string): Operation => ({
  does: 'take',
  asked: { clientId, clean: false, expiryMs: 0, will: undefined },
  nowMs: 0,
});
const question: Operation = { does: 'question', answer: async () => undefined };

const operationsIn = (queued: readonly Queued[]): readonly Operation[] => queued.map(({ operation }) => operation);

it('what comes after a take waits for the next batch, and others go before it', () => {
  const queue = operationQueue();
  const [first, taken, after, other] = [enqueue('a', 1), take('a'), enqueue('a', 2), enqueue('b', 1)];
  for (const operation of [first, taken, after, other]) void queue.add(operation);
  assert.deepEqual(operationsIn(queue.next(100)), [first, taken, other]);
  assert.deepEqual(operationsIn(queue.next(100)), [after]);
  assert.equal(queue.isEmpty(), true);
});

it('what is passed on waits for what was queued before it, and nothing goes before it', () => {
  const queue = operationQueue();
  const [taken, queued, other] = [take('a'), enqueue('a', 1), enqueue('b', 1)];
  const arrived = change('p', { kind: 'arrive', arrival: { ...arrival, passedOn: false } });
  for (const operation of [arrived, taken, queued, passOn('p'), other]) void queue.add(operation);
  assert.deepEqual(operationsIn(queue.next(100)), [arrived, taken]);
  assert.deepEqual(operationsIn(queue.next(100)), [queued, passOn('p'), other]);
});

it('what is passed on waits for the takes of all whom it is about', () => {
  for (const client of ['p', 's']) {
    const queue = operationQueue();
    const [taken, other] = [take(client), enqueue('b', 1)];
    for (const operation of [taken, passOn('p', 'b', 's'), other]) void queue.add(operation);
    assert.deepEqual(operationsIn(queue.next(100)), [taken]);
    assert.deepEqual(operationsIn(queue.next(100)), [passOn('p', 'b', 's'), other]);
  }
});

it('a question comes alone, after all before it', () => {
  const queue = operationQueue();
  const [taken, after, last] = [take('a'), enqueue('a', 1), enqueue('b', 1)];
  for (const operation of [taken, after, question, last]) void queue.add(operation);
  assert.deepEqual(operationsIn(queue.next(100)), [taken]);
  assert.deepEqual(operationsIn(queue.next(100)), [after]);
  assert.deepEqual(operationsIn(queue.next(100)), [question]);
  assert.deepEqual(operationsIn(queue.next(100)), [last]);
});

it('a message is cancelled only before it was sent', async () => {
  const queue = operationQueue();
  const cancelled = queue.add(enqueue('a', 1));
  assert.equal(queue.cancel('a', 2, 1), false, 'of another epoch');
  assert.equal(queue.cancel('a', 1, 1), true);
  assert.equal(await cancelled, 'written');
  assert.deepEqual(queue.next(100), []);
  void queue.add(enqueue('a', 2));
  const sent = queue.next(100);
  queue.putBack(sent);
  assert.equal(queue.cancel('a', 1, 2), false, 'it may be there');
  assert.deepEqual(queue.next(100), sent);
});

it('takes and questions are refused while writes wait', async () => {
  const queue = operationQueue();
  const refused = [queue.add(take('a')), queue.add(question)];
  void queue.add(enqueue('a', 1));
  assert.equal(queue.canLinger(), false);
  queue.rejectTakes(new Error('away'));
  for (const one of refused) await assert.rejects(one, /away/);
  assert.equal(queue.canLinger(), true);
  assert.deepEqual(operationsIn(queue.next(100)), [enqueue('a', 1)]);
});
