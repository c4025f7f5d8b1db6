/** What kafkajs' producer does wrong, shown on a real broker, and that the log does not. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { partitionOf } from '@plenum/event';
import type { LocalKafka } from '@plenum/local-kafka/testing';
import { Poison } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import kafkajs, { type Producer, type RetryOptions } from 'kafkajs';
import { type KafkaLog, type KafkaLogSettings, kafkaLog } from '../kafka-log.ts';
import { ensureTopics } from '../topics.ts';
import { record, textsIn } from './read-back.ts';
import { testTopic } from './test-topics.ts';
import { apiKeys, openWireProxy, type WireProxy } from './wire-proxy.ts';

/** Of a suite as a whole, on a machine that is busy. */
const timeout = 180_000;

/** Lets this many answers to produce requests get lost, connection and all. The broker has stored what they confirm. */
const loseAnswers = (proxy: WireProxy, count: number): (() => number) => {
  let lost = 0;
  proxy.play((apiKey, answer) => {
    if (apiKey !== apiKeys.produce || lost === count) return answer;
    lost += 1;
    return 'cut';
  });
  return () => lost;
};

export const appendSuite = (kafka: LocalKafka): void => {
  const open = async (t: TestContext, more: Partial<KafkaLogSettings> = {}) => {
    const proxy = await openWireProxy();
    const [topic] = more.topics ?? [testTopic(1)];
    assert.ok(topic);
    const { socketFactory } = proxy;
    const settings = {
      brokers: kafka.brokers,
      clientId: 'append',
      logger: silentLogger,
      socketFactory,
      topics: [topic],
    };
    const log: KafkaLog = await kafkaLog({ ...settings, ...more });
    t.after(async () => {
      await log.close();
      await proxy.close();
    });
    return { log, proxy, topic };
  };

  const naiveProducer = async (t: TestContext, retry: RetryOptions = {}) => {
    const proxy = await openWireProxy();
    const topic = testTopic(1);
    await ensureTopics({ brokers: kafka.brokers, clientId: 'naive' }, { topics: [topic] });
    const { socketFactory } = proxy;
    const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: 0, socketFactory, retry });
    const producer: Producer = client.producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const send = (text: string) => producer.send({ topic: topic.name, messages: [{ partition: 0, value: text }] });
    const log = await kafkaLog({ brokers: kafka.brokers, clientId: 'naive', logger: silentLogger, topics: [topic] });
    t.after(async () => {
      await Promise.all([producer.disconnect(), log.close()]);
      await proxy.close();
    });
    return { proxy, send, log, topic };
  };

  describe('a lost answer while others wait (B2)', { timeout }, () => {
    it('makes a bare idempotent producer lose a message and resolve', async (t) => {
      const { proxy, send, log, topic } = await naiveProducer(t);
      await send('m0');
      const lost = loseAnswers(proxy, 1);
      await Promise.all(['A', 'B', 'C'].map(send));
      assert.equal(lost(), 1);
      const stored = new Set(await textsIn(log, topic.name, 0));
      assert.ok(
        ['A', 'B', 'C'].some((text) => !stored.has(text)),
        `something is missing from ${[...stored]}`,
      );
    });

    for (const idempotent of [false, true]) {
      it(`loses nothing of the log and changes no order, idempotent: ${idempotent}`, async (t) => {
        const { log, proxy, topic } = await open(t, { idempotent });
        await log.append([record(topic.name, 'k', 'm0')]);
        const lost = loseAnswers(proxy, 1);
        await Promise.all(['A', 'B', 'C'].map(async (text) => log.append([record(topic.name, 'k', text)])));
        assert.equal(lost(), 1);
        const stored = await textsIn(log, topic.name, 0);
        assert.deepEqual(idempotent ? stored : [...new Set(stored)], ['m0', 'A', 'B', 'C']);
      });
    }
  });

  describe('an outage that outlasts kafkajs’ retries (B3)', { timeout }, () => {
    it('makes a bare idempotent producer give up after five, which it says are for ever', async (t) => {
      const { proxy, send } = await naiveProducer(t, { initialRetryTime: 10, maxRetryTime: 20 });
      await send('m0');
      const lost = loseAnswers(proxy, Number.POSITIVE_INFINITY);
      await assert.rejects(send('A'), { name: 'KafkaJSNumberOfRetriesExceeded', retryCount: 5 });
      assert.equal(lost(), 6);
    });

    it('ends with the records stored by a new producer, in order', async (t) => {
      const { log, proxy, topic } = await open(t, { idempotent: true });
      await log.append([record(topic.name, 'k', 'm0')]);
      const lost = loseAnswers(proxy, 7);
      await Promise.all(['A', 'B'].map(async (text) => log.append([record(topic.name, 'k', text)])));
      assert.equal(lost(), 7);
      const stored = await textsIn(log, topic.name, 0);
      assert.deepEqual([...new Set(stored)], ['m0', 'A', 'B']);
    });
  });

  describe('a clock in 2106', { timeout }, () => {
    const farAhead = Date.UTC(2106, 1, 7);

    it('is the device’s own affair: the record carries the time of ingest', async (t) => {
      const { log, topic } = await open(t);
      const read = {
        ...record(topic.name, 'k', 'from the future'),
        headers: { ce_time: new Date(farAhead).toISOString() },
      };
      await log.append([read]);
      assert.deepEqual(await textsIn(log, topic.name, 0), ['from the future']);
    });

    it('goes as now where the broker refuses it as the time of a record', {
      skip: kafka.version === '3.9.1',
    }, async (t) => {
      const { log, topic } = await open(t);
      await log.append([
        record(topic.name, 'k', 'by a clock far ahead', farAhead),
        record(topic.name, 'k', 'by a clock that is right', 1_000),
      ]);
      const times: number[] = [];
      for await (const { records } of log.read({ topic: topic.name, partition: 0, from: 0n, to: 2n })) {
        times.push(...records.map(({ timestampMs }) => timestampMs));
      }
      assert.deepEqual(await textsIn(log, topic.name, 0), ['by a clock far ahead', 'by a clock that is right']);
      assert.equal(times.length, 2);
      assert.ok((times[0] ?? 0) > 1_000 && (times[0] ?? 0) <= Date.now(), `${times[0]}`);
      assert.equal(times[1], 1_000);
    });

    it('is poison while it is our own', { skip: kafka.version === '3.9.1' }, async (t) => {
      const { log, topic } = await open(t);
      const now = t.mock.method(Date, 'now', () => farAhead);
      const refused = log.append([record(topic.name, 'k', 'no', farAhead)]);
      await assert.rejects(refused, (error) => error instanceof Poison && error.code === 'INVALID_TIMESTAMP');
      now.mock.restore();
      await log.append([record(topic.name, 'k', 'yes')]);
      assert.deepEqual(await textsIn(log, topic.name, 0), ['yes']);
    });
  });

  describe('an append over several partitions', { timeout }, () => {
    const notEnoughReplicas = 19;
    /** The error code of a partition, in an answer for one topic: behind frame, number, topics, its name, partitions. */
    const refuse = (answer: Buffer, topic: string, wanted: number): Buffer => {
      const changed = Buffer.from(answer);
      const [partitionBytes, first] = [30, 4 + 4 + 4 + 2 + topic.length + 4];
      for (let at = first; at + partitionBytes <= changed.length; at += partitionBytes) {
        if (changed.readInt32BE(at) === wanted) changed.writeInt16BE(notEnoughReplicas, at + 4);
      }
      return changed;
    };

    it('is one request, of which a partition that was refused is sent again alone', async (t) => {
      const partitions = 8;
      const { log, proxy, topic } = await open(t, { topics: [testTopic(partitions)] });
      const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
      // A partition that has just been made may be without a leader for a moment, and would go in a request after this.
      await log.append(keys.map((key) => record(topic.name, key, 'warm')));
      const answers: number[] = [];
      proxy.play((apiKey, answer) => {
        if (apiKey !== apiKeys.produce) return answer;
        answers.push(answer.length);
        return answers.length === 1 ? refuse(answer, topic.name, 3) : answer;
      });
      const ranges = await log.append(keys.map((key) => record(topic.name, key, key)));
      assert.equal(ranges.length, partitions, 'the keys are enough for every partition');
      assert.equal(answers.length, 2);
      assert.ok((answers[1] ?? 0) < (answers[0] ?? 0));
      for (let partition = 0; partition < partitions; partition += 1) {
        const texts = (await textsIn(log, topic.name, partition)).filter((text) => text !== 'warm');
        const own = keys.filter((key) => partitionOf(key, partitions) === partition);
        // The broker had it all the same: that is how a lost answer looks, too.
        assert.deepEqual(texts, partition === 3 ? [...own, ...own] : own);
      }
    });
  });

  describe('compression', { timeout }, () => {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      it(`stores and reads ${compression}`, async (t) => {
        const { log, proxy, topic } = await open(t, { compression });
        const texts = Array.from({ length: 500 }, (_, index) =>
          `{"sensor_id":"s-${index % 7}","value":${index}}`.padEnd(300),
        );
        await log.append(texts.map((text) => record(topic.name, 'k', text)));
        assert.deepEqual(await textsIn(log, topic.name, 0), texts);
        const small = proxy.sentBytes(apiKeys.produce) < 50_000;
        assert.equal(small, compression !== 'none');
      });
    }
  });

  it('distinguishes a record too large for the topic from a transient failure, and goes on', { timeout }, async (t) => {
    const { log, topic } = await open(t, { compression: 'none' });
    const large = { ...record(topic.name, 'k', ''), value: new Uint8Array(1_100_000) };
    const results = await Promise.allSettled([
      log.append([record(topic.name, 'k', 'before')]),
      log.append([large]),
      log.append([record(topic.name, 'k', 'after')]),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.ok(results[1]?.status === 'rejected' && results[1].reason instanceof Poison);
    assert.deepEqual(await textsIn(log, topic.name, 0), ['before', 'after']);
  });
};
