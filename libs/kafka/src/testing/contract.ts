import type { LocalKafka } from '@plenum/local-kafka/testing';
import { logContract, silentLogger } from '@plenum/runtime/testing';
import { connectAdmin } from '../client/client.ts';
import { type KafkaLog, kafkaLog } from '../kafka-log.ts';
import { testTopic } from './test-topics.ts';

/** The log port's contract, on a broker that runs. */
export const kafkaLogContract = (kafka: LocalKafka): void => {
  logContract(`Kafka ${kafka.version}`, async (t) => {
    const topics = [testTopic(), testTopic()] as const;
    const opened: KafkaLog[] = [];
    const open = async (): Promise<KafkaLog> => {
      const log = await kafkaLog({ brokers: kafka.brokers, clientId: 'contract', topics, logger: silentLogger });
      opened.push(log);
      return log;
    };
    t.after(async () => {
      await Promise.all(opened.map((log) => log.close()));
    });
    return {
      log: await open(),
      topics,
      another: open,
      async truncate(topic, partition, first) {
        const admin = await connectAdmin({ brokers: kafka.brokers, clientId: 'contract', retries: 3 });
        // Without having been asked about the topic, this client does not know its leaders.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(first) }] });
        await admin.disconnect();
      },
    };
  });
};
