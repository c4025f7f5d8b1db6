/** What kafkajs' consumer does wrong, shown on a real broker, and that a subscription does not. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { LocalKafka } from '@plenum/local-kafka/testing';
import { LogTruncated, TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import kafkajs from 'kafkajs';
import { connectAdmin } from '../client/client.ts';
import { type KafkaLogSettings, kafkaLog } from '../kafka-log.ts';
import { follow, record } from './read-back.ts';
import { testTopic } from './test-topics.ts';
import { apiKeys, openWireProxy, type WireProxy } from './wire-proxy.ts';

/** Of a suite as a whole, on a machine that is busy. */
const timeout = 180_000;
const numbers = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${from + index}`);

export const subscribeSuite = (kafka: LocalKafka): void => {
  const open = async (t: TestContext, more: Partial<KafkaLogSettings> = {}) => {
    const topic = testTopic(1);
    const log = await kafkaLog({
      brokers: kafka.brokers,
      clientId: 'subscribe',
      logger: silentLogger,
      topics: [topic],
      ...more,
    });
    t.after(() => log.close());
    return {
      log,
      topic: topic.name,
      say: (texts: readonly string[]) => log.append(texts.map((text) => record(topic.name, 'k', text))),
    };
  };
  const admin = async <T>(work: (one: Awaited<ReturnType<typeof connectAdmin>>) => Promise<T>): Promise<T> => {
    const one = await connectAdmin({ brokers: kafka.brokers, clientId: 'admin', retries: 3 });
    try {
      return await work(one);
    } finally {
      await one.disconnect();
    }
  };
  const forget = (topic: string, before: number): Promise<void> =>
    admin(async (one) => {
      await one.fetchTopicOffsets(topic);
      await one.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] });
    });

  /** kafkajs as its documentation has it, with the offset kept elsewhere. */
  const naiveConsumer = async (t: TestContext, topic: string, proxy?: WireProxy) => {
    const client = new kafkajs.Kafka({
      brokers: [...kafka.brokers],
      logLevel: 0,
      ...(proxy && { socketFactory: proxy.socketFactory }),
    });
    const consumer = client.consumer({
      groupId: randomUUID(),
      maxWaitTimeInMs: 200,
      sessionTimeout: 6_000,
      heartbeatInterval: 300,
    });
    t.after(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    return consumer;
  };

  describe('an offset that the log no longer has (B5)', { timeout }, () => {
    it('makes a bare consumer go on from the end without a word', async (t) => {
      const { topic, say } = await open(t);
      await say(numbers(10));
      await forget(topic, 6);
      const consumer = await naiveConsumer(t, topic);
      const first = Promise.withResolvers<string>();
      consumer.on('consumer.group_join', () => consumer.seek({ topic, partition: 0, offset: '2' }));
      const reset = Promise.withResolvers<void>();
      consumer.logger().setLogLevel(kafkajs.logLevel.NOTHING);
      consumer.on('consumer.fetch', () => reset.resolve());
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ message }) => first.resolve(String(message.value)),
      });
      await reset.promise;
      // Until it has reset itself it may still take the records that are left for new ones.
      for (let more = 10; ; more += 1) {
        await say(numbers(1, more));
        const seen = await Promise.race([first.promise, nextFetch(consumer)]);
        if (seen === undefined) continue;
        assert.ok(Number(seen) >= 10, `6 to 9 were there, and it began at ${seen}`);
        return;
      }
    });

    it('ends a subscription that is already under way', async (t) => {
      const { log, topic, say } = await open(t);
      await say(numbers(10));
      const back = log.subscribe(
        {
          ...{ group: randomUUID(), topics: [topic], recordsMax: 100, position: async () => 0n },
          async handle() {
            await forget(topic, 6);
            return 2n;
          },
        },
        t.signal,
      );
      await assert.rejects(back, LogTruncated);
    });
  });

  it('commits to Kafka how far it is, for lag monitors, and begins where the caller says all the same (B6)', {
    timeout,
  }, async (t) => {
    const { log, topic, say } = await open(t);
    await say(numbers(10));
    const groupId = randomUUID();
    const member = follow(log, topic, groupId);
    await member.until(() => member.texts.length >= 10);
    await member.stop();
    const [told] = await admin((one) => one.fetchOffsets({ groupId, topics: [topic] }));
    assert.equal(told?.partitions[0]?.offset, '10');

    // And does not ask it (B6): nothing new comes, and what Kafka would begin with is the end.
    const again = follow(log, topic, groupId, 3n);
    await again.until(() => again.texts.length >= 7);
    await again.stop();
    assert.deepEqual(again.texts, numbers(7, 3));
  });

  it('refuses a position behind the end: that log is not the one it was', { timeout }, async (t) => {
    const { log, topic } = await open(t);
    await assert.rejects(follow(log, topic, randomUUID(), 5n).done, /before the position 5/);
  });

  it('keeps its membership through a batch that takes longer than its session', { timeout }, async (t) => {
    const { log, topic, say } = await open(t, { sessionTimeoutMs: 6_000 });
    await say(numbers(1));
    const group = randomUUID();
    let batches = 0;
    const stop = new AbortController();
    await log.subscribe(
      {
        ...{ group, topics: [topic], recordsMax: 100, position: async () => 0n },
        async handle(batch) {
          batches += 1;
          // What is waited for is the broker's own clock: without heartbeats it would have taken the partition by now.
          await new Promise((resolve) => setTimeout(resolve, 7_000));
          const { groups } = await admin((one) => one.describeGroups([group]));
          assert.equal(groups[0]?.members.length, 1);
          stop.abort();
          return batch.nextOffset;
        },
      },
      stop.signal,
    );
    assert.equal(batches, 1);
  });

  describe('an answer that kafkajs does not try again after (B12)', { timeout }, () => {
    /** Heartbeats are answered with "no permission". */
    const refuse = (apiKey: number, answer: Buffer): Buffer => {
      if (apiKey !== apiKeys.heartbeat) return answer;
      const refused = Buffer.from(answer);
      refused.writeInt16BE(groupAuthorizationFailed, 12);
      return refused;
    };
    const groupAuthorizationFailed = 30;

    it('makes a bare consumer stop for ever, and its run resolves', async (t) => {
      const { topic } = await open(t);
      const proxy = await openWireProxy();
      const consumer = await naiveConsumer(t, topic, proxy);
      t.after(() => proxy.close());
      const crashed = new Promise<boolean>((resolve) =>
        consumer.on('consumer.crash', ({ payload }) => resolve(payload.restart)),
      );
      await consumer.run({ eachMessage: async () => undefined });
      proxy.play(refuse);
      assert.equal(await crashed, false);
    });

    it('makes a subscription reject', async (t) => {
      const proxy = await openWireProxy();
      t.after(() => proxy.close());
      const { log, topic, say } = await open(t, { socketFactory: proxy.socketFactory, sessionTimeoutMs: 6_000 });
      await say(numbers(1));
      const member = follow(log, topic, randomUUID());
      await member.until(() => member.texts.length === 1);
      proxy.play(refuse);
      await assert.rejects(
        member.done,
        (error) => !(error instanceof TransientFailure) && /authoriz/i.test(String(error)),
      );
    });
  });
};

/** Settles with nothing when the consumer has fetched once more. */
const nextFetch = (consumer: ReturnType<kafkajs.Kafka['consumer']>): Promise<undefined> =>
  new Promise((resolve) => {
    const remove = consumer.on('consumer.fetch', () => {
      remove();
      resolve(undefined);
    });
  });
