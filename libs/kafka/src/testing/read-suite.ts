/** Holds the range reader, which is built on what kafkajs does not export, to what it does against a real broker. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { LocalKafka } from '@plenum/local-kafka/testing';
import { silentLogger, textOf } from '@plenum/runtime/testing';
import kafkajs from 'kafkajs';
import { connectAdmin } from '../client/client.ts';
import { kafkaLog } from '../kafka-log.ts';
import { follow, record, textsIn } from './read-back.ts';
import { testTopic } from './test-topics.ts';
import { apiKeys, openWireProxy, type Script } from './wire-proxy.ts';

/** Of a suite as a whole, on a machine that is busy. */
const timeout = 180_000;

export const readSuite = (kafka: LocalKafka): void => {
  describe('holes that others’ transactions leave', { timeout }, () => {
    it('are passed over by reading and by following, and nothing else is', async (t) => {
      const topic = testTopic(1);
      const log = await kafkaLog({ brokers: kafka.brokers, clientId: 'read', logger: silentLogger, topics: [topic] });
      const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: 0 });
      const producer = client.producer({
        ...{ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 },
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      t.after(async () => {
        await Promise.all([log.close(), producer.disconnect()]);
      });
      const inTransaction = async (text: string, end: 'commit' | 'abort'): Promise<void> => {
        const transaction = await producer.transaction();
        await transaction.send({ topic: topic.name, messages: [{ partition: 0, value: text }] });
        await transaction[end]();
      };

      await log.append([record(topic.name, 'k', 'a')]);
      await inTransaction('never', 'abort');
      await inTransaction('never either', 'abort');
      await log.append([record(topic.name, 'k', 'b')]);
      await inTransaction('c', 'commit');
      await inTransaction('and not this', 'abort');

      assert.deepEqual(await textsIn(log, topic.name, 0), ['a', 'b', 'c']);
      // The broker writes the marker that ends a transaction after it has said that the transaction is over.
      const next = async (): Promise<bigint> => (await log.positions(topic.name))[0]?.next ?? 0n;
      while ((await next()) < 10n) t.signal.throwIfAborted();
      assert.equal(await next(), 10n, 'three records that count, three that do not, and four markers');
      const asked: string[] = [];
      for await (const batch of log.read({ topic: topic.name, partition: 0, from: 1n, to: 8n })) {
        asked.push(`${batch.fetchedOffset} ${batch.records.map(textOf)} ${batch.nextOffset}`);
      }
      assert.deepEqual(asked, ['1 b,c 8']);

      const member = follow(log, topic.name, randomUUID());
      await member.until(() => member.texts.length >= 3);
      await log.append([record(topic.name, 'k', 'd')]);
      await member.until(() => member.texts.length >= 4);
      await member.stop();
      assert.deepEqual(member.texts, ['a', 'b', 'c', 'd']);
    });
  });

  it('leaves no trace: reading makes no group', { timeout }, async (t) => {
    const topic = testTopic(1);
    const log = await kafkaLog({ brokers: kafka.brokers, clientId: 'read', logger: silentLogger, topics: [topic] });
    const admin = await connectAdmin({ brokers: kafka.brokers, clientId: 'admin', retries: 3 });
    t.after(async () => {
      await Promise.all([log.close(), admin.disconnect()]);
    });
    await log.append([record(topic.name, 'k', 'a')]);
    const before = (await admin.listGroups()).groups.length;
    await textsIn(log, topic.name, 0);
    assert.equal((await admin.listGroups()).groups.length, before);
  });

  it('stops fetching when the reader has had enough', { timeout }, async (t) => {
    const topic = testTopic(1);
    const log = await kafkaLog({
      brokers: kafka.brokers,
      clientId: 'read',
      logger: silentLogger,
      topics: [topic],
      compression: 'none',
    });
    t.after(() => log.close());
    const large = 'x'.repeat(300_000);
    await log.append(Array.from({ length: 30 }, (_, index) => record(topic.name, 'k', `${index}${large}`)));
    for await (const batch of log.read({ topic: topic.name, partition: 0, from: 0n, to: 30n })) {
      assert.ok(batch.records.length < 30, 'an answer is bounded in bytes');
      break;
    }
    assert.equal((await textsIn(log, topic.name, 0)).length, 30);
  });

  describe('a batch that is damaged on its way', { timeout }, () => {
    const open = async (t: TestContext) => {
      const topic = testTopic(1);
      const proxy = await openWireProxy();
      const { socketFactory } = proxy;
      const log = await kafkaLog({
        ...{ brokers: kafka.brokers, clientId: 'read', logger: silentLogger },
        topics: [topic],
        socketFactory,
      });
      t.after(async () => {
        await log.close();
        await proxy.close();
      });
      // Small batches are not compressed, and would not be found in an answer.
      await log.append([record(topic.name, 'k', 'x'.repeat(10_000))]);
      return { topic: topic.name, proxy, log };
    };
    /** Changes a byte of the batch that is in an answer, so far from where its compressed records begin. */
    const damaging =
      (at: number): Script =>
      (apiKey, answer) => {
        const recordsFrom = answer.lastIndexOf(zstdMagic);
        if (apiKey !== apiKeys.fetch || recordsFrom < 0) return answer;
        const damaged = Buffer.from(answer);
        damaged.writeUInt8(damaged.readUInt8(recordsFrom + at) ^ 3, recordsFrom + at);
        return damaged;
      };
    const zstdMagic = Buffer.from('28b52ffd', 'hex');

    for (const [name, at, words] of [
      ['a byte of its records', 8, /checksum/],
      // Which kafkajs would take for a log of years ago.
      ['its format', 16 - 61, /format 1/],
    ] as const) {
      it(`ends reading and following with a word on it: ${name}`, async (t) => {
        const { topic, proxy, log } = await open(t);
        proxy.play(damaging(at));
        await assert.rejects(textsIn(log, topic, 0), words);
        const member = follow(log, topic, randomUUID());
        await assert.rejects(member.done, words);
        assert.deepEqual(member.texts, []);
      });
    }
  });
};
