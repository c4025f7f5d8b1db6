import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Message } from './client-state.ts';
import { judgeDeliveries, numberOf, qosFor, type Subscriber } from './judge-deliveries.ts';
import type { Attempt, Heard, Sent } from './kept-client.ts';

const messageOf = (n: number, qos: 1 | 2): Message => ({ n, topic: 'c/s', payload: `{"n":${n}}`, qos, retain: false });
const attempt = (replica: string): Attempt => ({ replica, sentMs: 10, endedMs: 20 });
const sentOf = (n: number, qos: 1 | 2, replicas: readonly string[], acknowledgedMs: number | undefined = 20): Sent => ({
  ...{ message: messageOf(n, qos), attempts: replicas.map(attempt), acknowledgedMs, reason: 0 },
});
const heardOf = (n: number, retain = false): Heard => ({
  ...{ topic: 'c/s', payload: `{"n":${n}}`, qos: 2, dup: false, retain, replica: 'a', atMs: 15 },
});
const subscriber = (heard: readonly Heard[], subscribedMs: number | undefined = 5): Subscriber => ({
  ...{ clientId: 's', filters: [{ filter: 'c/s', qos: 2 }], subscribedMs, heard },
});
/** The session is at `a` all the time. */
const had = (bridge: string): boolean => bridge === 'a';

it('what was published where the session was is owed, however often it was tried there', () => {
  const sent = [sentOf(1, 2, ['a']), sentOf(2, 1, ['a', 'a'])];
  const { owed, missing, twice } = judgeDeliveries(sent, [subscriber([heardOf(1)])], had);
  assert.deepEqual([owed, missing.length, twice], [2, 1, []]);
  assert.match(missing[0]?.what ?? '', /message 2 /);
});

it('nothing is owed of what was tried elsewhere, is not acknowledged or refused, or came before the subscription', () => {
  const refused = { ...sentOf(3, 2, ['a']), reason: 0x99 };
  const sent = [sentOf(1, 2, ['a', 'b']), { ...sentOf(2, 2, ['a']), acknowledgedMs: undefined }, refused];
  assert.equal(judgeDeliveries(sent, [subscriber([])], had).owed, 0);
  assert.equal(judgeDeliveries([sentOf(1, 2, ['a'])], [subscriber([], 12)], had).owed, 0);
});

it('QoS 2 comes once, wherever it was published; QoS 1 may come again, and so may what is retained', () => {
  const twiceHeard = subscriber([heardOf(1), heardOf(1), heardOf(2), heardOf(2), heardOf(3), heardOf(3, true)]);
  const sent = [sentOf(1, 2, ['a', 'a']), sentOf(2, 1, ['a']), sentOf(3, 2, ['a'])];
  const { twice, again } = judgeDeliveries(sent, [twiceHeard], had);
  assert.equal(twice.length, 1);
  assert.match(twice[0] ?? '', /message 1 /);
  assert.equal(again, 1);
});

it('QoS 2 comes once also when its publisher went to another bridge', () => {
  const { twice } = judgeDeliveries([sentOf(1, 2, ['a', 'b'])], [subscriber([heardOf(1), heardOf(1)])], had);
  assert.equal(twice.length, 1);
});

it('a filter that takes the topic decides on the QoS, the highest of several', () => {
  const filters = [
    { filter: 'c/s', qos: 1 },
    { filter: 'c/+', qos: 2 },
  ] as const;
  assert.equal(qosFor(messageOf(1, 2), filters), 2);
  assert.equal(qosFor(messageOf(1, 1), filters), 1);
  assert.equal(qosFor({ ...messageOf(1, 2), topic: 'c/other' }, [{ filter: 'c/s', qos: 1 }]), undefined);
  assert.equal(qosFor({ ...messageOf(1, 2), topic: 'c/s/deep' }, [{ filter: 'c/+', qos: 1 }]), undefined);
  assert.equal(numberOf('{"parameters":{"n":17}}'), 17);
  assert.equal(numberOf('{"command":"x"}'), undefined);
});
