/** Topics as declared, and how a client is let in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalKafka } from '@plenum/local-kafka/testing';
import { TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import type { SASLOptions } from 'kafkajs';
import { connectAdmin } from '../client/client.ts';
import { kafkaLog } from '../kafka-log.ts';
import { ensureTopics, TopicsDiffer } from '../topics.ts';
import { record, textsIn } from './read-back.ts';
import { testTopic } from './test-topics.ts';

/** Of a suite as a whole, on a machine that is busy. */
const timeout = 180_000;

export const topicsSuite = (kafka: LocalKafka): void => {
  const connection = { brokers: kafka.brokers, clientId: 'topics' };

  describe('a topic', { timeout }, () => {
    it('is made as it was declared, and found so ever after', async () => {
      const topics = [testTopic(3), testTopic(2)];
      await ensureTopics(connection, { topics });
      await ensureTopics(connection, { topics, missing: 'refuse' });
      await Promise.all([ensureTopics(connection, { topics: [testTopic()] }), ensureTopics(connection, { topics })]);
    });

    it('that has drifted is refused, with every difference named, and left as it is', async (t) => {
      const topic = testTopic(4);
      const admin = await connectAdmin({ ...connection, retries: 3 });
      t.after(() => admin.disconnect());
      const configEntries = [
        { name: 'retention.ms', value: '604800000' },
        { name: 'min.insync.replicas', value: '1' },
        { name: 'unclean.leader.election.enable', value: 'true' },
        { name: 'cleanup.policy', value: 'compact' },
      ];
      await admin.createTopics({
        topics: [{ topic: topic.name, numPartitions: 3, replicationFactor: 1, configEntries }],
      });
      const opening = kafkaLog({ ...connection, topics: [topic], logger: silentLogger });
      await assert.rejects(opening, (error) => {
        assert.ok(error instanceof TopicsDiffer);
        assert.deepEqual(error.differences, [
          `${topic.name} has 3 partitions, not 4`,
          `${topic.name} has retention.ms 604800000, not -1`,
          `${topic.name} has cleanup.policy compact, not delete`,
          `${topic.name} has unclean.leader.election.enable true, not false`,
        ]);
        return true;
      });
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic.name] });
      assert.equal(topics[0]?.partitions.length, 3);
    });

    it('that is missing is refused where somebody else makes topics', async () => {
      const topic = testTopic();
      const refused = ensureTopics(connection, { topics: [topic], missing: 'refuse' });
      await assert.rejects(refused, { differences: [`${topic.name} is missing`] });
    });

    it('cannot be kept more often than there are brokers, and that is no transient failure', async () => {
      const refused = ensureTopics(connection, { topics: [testTopic()], replicationFactor: 3 });
      await assert.rejects(
        refused,
        (error) => !(error instanceof TransientFailure) && /plenum\.test\..*: .*[Rr]eplication/.test(String(error)),
      );
    });
  });

  describe('a guarded cluster', { timeout, skip: kafka.secured === undefined }, () => {
    const secured = kafka.secured ?? { brokers: [], ca: '', credentials: { username: '', password: '' } };
    const ssl = { ca: [secured.ca] };
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      it(`lets in a client that has the password, over TLS, by ${mechanism}`, async (t) => {
        const topic = testTopic(1);
        // One of kafkajs' three shapes, which differ in this word only.
        const sasl = { mechanism, ...secured.credentials } as SASLOptions;
        const log = await kafkaLog({
          brokers: secured.brokers,
          clientId: 'guarded',
          logger: silentLogger,
          topics: [topic],
          ssl,
          sasl,
        });
        t.after(() => log.close());
        await log.append([record(topic.name, 'k', mechanism)]);
        assert.deepEqual(await textsIn(log, topic.name, 0), [mechanism]);
      });
    }

    it('refuses a wrong password at once: waiting would not make it right', async () => {
      const sasl = { mechanism: 'scram-sha-256', username: secured.credentials.username, password: 'wrong' } as const;
      const opening = kafkaLog({
        brokers: secured.brokers,
        clientId: 'guarded',
        logger: silentLogger,
        topics: [testTopic()],
        ssl,
        sasl,
      });
      await assert.rejects(
        opening,
        (error) => !(error instanceof TransientFailure) && /authentication/i.test(String(error)),
      );
    });

    it('is not believed without its certificate', async () => {
      const sasl = { mechanism: 'plain', ...secured.credentials } as const;
      const settings = {
        clientId: 'guarded',
        logger: silentLogger,
        topics: [testTopic()],
        ssl: true,
        sasl,
        retryMs: 500,
      };
      await assert.rejects(kafkaLog({ ...settings, brokers: secured.brokers }), /certificate/i);
    });
  });
};
