/** The bare side of a replay from Kafka: a kafkajs consumer that counts. */
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { readingsTopic } from '@plenum/ceiling';
import kafkajs, { type Consumer } from 'kafkajs';
import type { LogPlace } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { runPasses } from './passes.ts';

export type Start = { readonly log: LogPlace };

/** kafkajs has no zstd of its own, and the log's batches are compressed with it. */
const decompress = promisify(zstdDecompress);
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: async () => Buffer.alloc(0), // Nothing is written here.
  decompress: (buffer: Buffer) => decompress(buffer),
});

let consumer: Consumer | undefined;
let total = 0;
let counted = 0;
let whole = Promise.withResolvers<number>();

const start = async ({ log }: Start): Promise<void> => {
  if (log.kind !== 'kafka') throw new Error('this reads from Kafka');
  const kafka = new kafkajs.Kafka({ brokers: [...log.brokers], clientId: 'count', logLevel: kafkajs.logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  for (const { low, high } of await admin.fetchTopicOffsets(readingsTopic.name)) total += Number(high) - Number(low);
  await admin.disconnect();

  const joined = kafka.consumer({
    groupId: `count-${process.pid}-${Date.now()}`,
    // As Plenum reads; and hardly any waiting at the end of the log, where a pass begins again.
    maxBytes: 8 * 1024 * 1024,
    maxBytesPerPartition: 2 * 1024 * 1024,
    maxWaitTimeInMs: 10,
  });
  consumer = joined;
  await joined.connect();
  await joined.subscribe({ topic: readingsTopic.name, fromBeginning: true });
  await joined.run({
    autoCommit: false,
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => {
      counted += batch.messages.length;
      if (counted >= total) whole.resolve(counted);
    },
  });
};

/** One whole reading; the first one has begun when the consumer joined its group. */
const pass = async (): Promise<number> => {
  const records = await whole.promise;
  whole = Promise.withResolvers();
  counted = 0;
  for (let partition = 0; partition < readingsTopic.partitions; partition += 1) {
    consumer?.seek({ topic: readingsTopic.name, partition, offset: '0' });
  }
  return records;
};

serve({ start, pass, run: runPasses(pass) }, async () => consumer?.disconnect());
