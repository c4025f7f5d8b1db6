/**
 * The producer, guarded. kafkajs' own can lose a message when a leader moves (a broker that has answered once is not
 * asked again, so what failed for it is never sent and `send` still resolves), partitions anew at every retry, and after
 * a final failure knows no longer where its sequence stands. So: one partition per send, always named; the answer is
 * looked at; a producer that failed for good is replaced, and so is one that met a broker which does not answer.
 */
import { type NewRecord, TransientFailure } from '@plenum/runtime';
import type { ICustomPartitioner, Message, Producer, RecordMetadata } from 'kafkajs';
import { type Compression, compressionType } from '../batch/codecs.ts';
import { type Connection, makeClient, noteSilent, requestTimeoutUsualMs, retryOf } from '../client/client.ts';
import { endClient } from '../client/sockets.ts';
import { carry, patchProduce } from './produce-patch.ts';
import { encodeRecordBatch } from './record-batch.ts';

patchProduce();

export type ProducerSettings = Connection & {
  readonly compression: Compression;
  /** Lets the broker recognise a batch that is sent again, so that a lost answer does not write it twice. */
  readonly idempotent: boolean;
};

export type Batch = { readonly topic: string; readonly partition: number; readonly records: readonly NewRecord[] };

export type Producers = {
  /** Settles with the offset of the first record when all in-sync replicas have them. The caller keeps order. */
  send(batch: Batch): Promise<bigint>;
  /** The caller has waited for its sends. */
  close(): Promise<void>;
};

type Connected = Pick<Producer, 'send' | 'disconnect'> & {
  /** Rejects when a broker has not answered: kafkajs would ask it again, and whom else to ask, for a minute. */
  readonly silence: Promise<never>;
};

type Held = { readonly producer: Promise<Connected>; users: number; retired: boolean };

/** Inside kafkajs, with the same producer: short, for a leader that moves. Longer waits are the sender's. */
const retries = 5;

/** A leader that moved is found again by this at the latest. */
const metadataMaxAgeMs = 2_000;

export const openProducers = (settings: ProducerSettings): Producers => {
  const compression = compressionType(settings.compression);
  const timeout = Math.floor((settings.requestTimeoutMs ?? requestTimeoutUsualMs) * 0.8);
  let current: Held | undefined;

  const retire = (held: Held): void => {
    held.retired = true;
    if (current === held) current = undefined;
    if (held.users === 0) void disconnect(held);
  };

  return {
    async send({ topic, partition, records }) {
      const held = (current ??= { producer: connect(settings), users: 0, retired: false });
      held.users += 1;
      try {
        const { send, silence } = await held.producer;
        const messages = await messagesOf(settings, partition, records);
        const answer = await Promise.race([send({ topic, acks: -1, timeout, compression, messages }), silence]);
        return firstOffset(answer, topic, partition);
      } catch (error) {
        retire(held);
        throw error;
      } finally {
        held.users -= 1;
        if (held.retired && held.users === 0) void disconnect(held);
      }
    },
    async close() {
      const held = current;
      current = undefined;
      if (held) await disconnect(held);
    },
  };
};

/** The sequence numbers of an idempotent producer are in what kafkajs encodes, so it has to encode those itself. */
const messagesOf = async (
  { idempotent, compression }: ProducerSettings,
  partition: number,
  records: readonly NewRecord[],
): Promise<Message[]> => {
  if (!idempotent) return [carry(partition, await encodeRecordBatch(records, compression))];
  return records.map(({ key, value, headers, timestampMs }) => ({
    ...{ key, headers, partition, timestamp: String(timestampMs) },
    value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  }));
};

/** Whatever a producer asks besides is answered at once by a broker that lives. */
const answerTimeoutMs = 4_000;

const connect = async (settings: ProducerSettings): Promise<Connected> => {
  const { requestTimeoutMs = requestTimeoutUsualMs, idempotent } = settings;
  const answerMs = idempotent ? requestTimeoutMs : Math.min(answerTimeoutMs, requestTimeoutMs);
  const { kafka, sockets } = makeClient({ ...settings, requestTimeoutMs: answerMs }, retries);
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: namedPartition,
    idempotent,
    metadataMaxAge: metadataMaxAgeMs,
    // For an idempotent producer kafkajs' default is written down as "for ever" and is five.
    retry: retryOf(retries),
  });
  const silent = Promise.withResolvers<never>();
  silent.promise.catch(() => undefined); // Of many producers nobody ever waits for it.
  producer.on('producer.network.request_timeout', ({ payload: { broker, apiName } }) => {
    noteSilent(broker);
    silent.reject(new TransientFailure('silent', `${broker} does not answer (${apiName})`));
    sockets.destroy();
  });
  const disconnect = (): Promise<void> => endClient(sockets, () => producer.disconnect());
  try {
    await Promise.race([producer.connect(), silent.promise]);
    return { send: producer.send, disconnect, silence: silent.promise };
  } catch (error) {
    await disconnect();
    throw error;
  }
};

const disconnect = async (held: Held): Promise<void> => {
  // It either never came up, and its caller has heard so, or has nothing under way any more.
  await held.producer.then((producer) => producer.disconnect()).catch(() => undefined);
};

/** Never chosen here: a partition that is chosen anew at a retry is how order is lost. */
const namedPartition: ICustomPartitioner =
  () =>
  ({ message }) => {
    if (message.partition === undefined) throw new Error('a message without a partition was about to be sent');
    return message.partition;
  };

/** @throws TransientFailure unless the answer says that exactly this partition took the messages. */
export const firstOffset = (answer: readonly RecordMetadata[], topic: string, partition: number): bigint => {
  const [only, ...others] = answer;
  const taken =
    only !== undefined &&
    others.length === 0 &&
    only.topicName === topic &&
    only.partition === partition &&
    only.errorCode === 0 &&
    only.baseOffset !== undefined;
  const offset = taken ? BigInt(only.baseOffset ?? -1) : -1n;
  if (offset >= 0n) return offset;
  throw new TransientFailure(
    'unacknowledged',
    `${topic}/${partition}: the answer does not name it as stored: ${JSON.stringify(answer)}`,
  );
};
