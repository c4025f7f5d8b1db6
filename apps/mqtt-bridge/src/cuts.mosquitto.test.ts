/** That a message is one event at the connector, however often the broker sends it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { topics } from '@plenum/catalogue';
import { shippedConfiguration } from '@plenum/local-mosquitto';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { packetProxy, publishMany } from '@plenum/mqtt/testing';
import { memoryLog } from '@plenum/runtime/testing';
import { bridgeAt, messagesOfAllKinds as messages, messagesIn, total } from './testing/bridge-at-broker.ts';

/** Behind each of the first packets of a connection; `libs/mqtt` goes on to sixty, with messages that mean nothing. */
const cutsWanted = 20;

it('a message is one event, whichever packet the connection was cut behind', {
  skip: mosquittoMissing,
  timeout: 240_000,
}, async (t) => {
  const broker = await testMosquitto(t, { file: shippedConfiguration(), settings: ['max_inflight_messages 5'] });
  const log = memoryLog(topics);
  const first = bridgeAt(t, broker.port, log);
  await first.open; // It leaves a session, in which everything from now on waits.
  await first.stop();

  let sent = 0;
  const publish = async (rounds: number): Promise<void> => {
    await publishMany(
      broker.port,
      Array.from({ length: rounds }, (_, n) => messages.map((message) => message(sent + n))).flat(),
    );
    sent += rounds;
  };
  await publish(50);
  const proxy = await packetProxy(t, broker.port, (n) => (n < cutsWanted ? n + 1 : undefined));
  const bridge = bridgeAt(t, proxy.port, log);
  // Messages come as long as there are cuts, so that every one of them finds something to cut.
  while (proxy.cuts() < cutsWanted) await publish(3);
  await publish(3);
  while (total(await messagesIn(log)) < sent * messages.length) await setTimeout(10);
  await bridge.stop();
  assert.deepEqual(await messagesIn(log), {
    reading: sent,
    status: sent,
    malformed: sent,
    'beyond the budget': sent,
  });
  assert.ok((bridge.session()?.redelivered ?? 0) > cutsWanted, 'nothing came again, so nothing was shown');
});
