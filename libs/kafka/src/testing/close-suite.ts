/** That a log which is closed has let go of everything, whatever was under way. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalKafka } from '@plenum/local-kafka/testing';
import { silentLogger } from '@plenum/runtime/testing';
import { kafkaLog } from '../kafka-log.ts';
import { follow, record } from './read-back.ts';
import { testTopic } from './test-topics.ts';
import { openWireProxy } from './wire-proxy.ts';

/** Of a suite as a whole, on a machine that is busy. */
const timeout = 180_000;
/** After this long what is asked of a silent broker is given up: longer than closing takes on any machine. */
const givenUpMs = 60_000;
const soonMs = givenUpMs / 2;

export const closeSuite = (kafka: LocalKafka): void => {
  const open = async (t: TestContext, brokers = kafka.brokers) => {
    const proxy = await openWireProxy();
    const topic = testTopic(8);
    const { socketFactory } = proxy;
    const patience = { requestTimeoutMs: givenUpMs, sessionTimeoutMs: givenUpMs, retryMs: givenUpMs };
    const settings = { brokers, clientId: 'close', logger: silentLogger, socketFactory, ...patience };
    const log = await kafkaLog({ ...settings, topics: [topic] });
    t.after(async () => {
      await log.close();
      await proxy.close();
    });
    const texts = Array.from({ length: 200 }, (_, index) => record(topic.name, `k${index}`, 'a'));
    await log.append(texts);
    const readAll = async (): Promise<void> => {
      const ends = await log.positions(topic.name);
      await Promise.all(
        ends.map(async ({ partition, first: from, next: to }) => {
          for await (const _ of log.read({ topic: topic.name, partition, from, to }));
        }),
      );
    };
    const closeSoon = async (): Promise<void> => {
      const startMs = performance.now();
      await log.close();
      assert.ok(performance.now() - startMs < soonMs, `it took ${Math.round(performance.now() - startMs)} ms`);
      await proxy.connectionsAre(0);
    };
    return { log, proxy, topic: topic.name, readAll, closeSoon };
  };

  describe('closing', { timeout }, () => {
    it('leaves no connection of partitions that were read at the same time', async (t) => {
      const { proxy, readAll, closeSoon } = await open(t);
      const before = proxy.connections();
      await readAll();
      // One for what is asked and one for what is fetched: a broker has no more of one client.
      assert.ok(proxy.connections() <= before + 2, `${proxy.connections()} connections are open`);
      await closeSoon();
    });

    it('breaks off what is read from a broker that is frozen', async (t) => {
      const { log, proxy, topic, readAll, closeSoon } = await open(t);
      await readAll();
      proxy.freeze();
      const asked = [log.positions(topic), log.positionsAt(topic, 0), readAll(), readAll()];
      const outcomes = Promise.all(asked.map((one) => assert.rejects(one, /the log is closed/)));
      await closeSoon();
      await outcomes;
    });

    it('breaks off what is read for the first time while the broker is frozen', async (t) => {
      const { log, proxy, topic, closeSoon } = await open(t);
      proxy.freeze();
      const outcome = assert.rejects(log.positions(topic), /the log is closed/);
      await closeSoon();
      await outcome;
    });

    it('breaks off what is read from a broker whose connections break, and makes none anew', async (t) => {
      const { log, proxy, topic, readAll, closeSoon } = await open(t);
      await readAll();
      proxy.play(() => 'cut');
      const asked = [log.positions(topic), log.positionsAt(topic, 0), readAll()];
      const outcomes = Promise.all(asked.map((one) => assert.rejects(one, /the log is closed/)));
      await closeSoon();
      await outcomes;
      assert.equal(proxy.connections(), 0);
    });

    it('takes leave of a group whose coordinator is frozen', async (t) => {
      const { log, proxy, topic, closeSoon } = await open(t);
      const member = follow(log, topic, 'frozen');
      await member.until(() => member.texts.length === 200);
      proxy.freeze();
      await closeSoon();
      await member.done;
    });
  });
};
