/** A backlog at a Mosquitto as it is shipped: fetched once, by one connection, while more comes. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { topics } from '@plenum/catalogue';
import { shippedConfiguration } from '@plenum/local-mosquitto';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { publishMany } from '@plenum/mqtt/testing';
import { memoryLog } from '@plenum/runtime/testing';
import { bridgeAt, messagesOfAllKinds as messages, messagesIn, total } from './testing/bridge-at-broker.ts';

it('what waited at a Mosquitto as it is shipped is received once, by one connection', {
  skip: mosquittoMissing,
  timeout: 120_000,
}, async (t) => {
  const broker = await testMosquitto(t, { file: shippedConfiguration() });
  const log = memoryLog(topics);
  const first = bridgeAt(t, broker.port, log);
  await first.open; // It leaves a session, in which everything from now on waits.
  await first.stop();

  const waiting = 4000;
  const more = 1000;
  const publish = (from: number, rounds: number): Promise<void> =>
    publishMany(
      broker.port,
      Array.from({ length: rounds }, (_, n) => messages.map((message) => message(from + n))).flat(),
    );
  await publish(0, waiting);
  const bridge = bridgeAt(t, broker.port, log);
  await publish(waiting, more);
  const sent = waiting + more;
  while (bridge.received() < sent * messages.length) await setTimeout(10);
  await bridge.stop();
  const found = await messagesIn(log);
  assert.deepEqual(found, { reading: sent, status: sent, malformed: sent, 'beyond the budget': sent });
  assert.equal(bridge.received(), total(found));
  const { opened, ended, redelivered } = bridge.session() ?? assert.fail('there is no session');
  assert.deepEqual({ opened, ended, redelivered }, { opened: 1, ended: 0, redelivered: 0 });
});
