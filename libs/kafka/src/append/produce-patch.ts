/**
 * Lets kafkajs' producer carry batches that are encoded already: it finds leaders and tries again, and encodes nothing. What is
 * sent to a broker in one turn goes in one request, and every sender is answered for its own partition: so what guards sends,
 * one partition each, stays as it is, while a broker is asked once for all partitions of an append and wakes its readers once.
 */
import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';
import { type Carried, encodeProduce } from './produce-request.ts';

const require = createRequire(import.meta.url);

/** Stands for a batch on its way through kafkajs, which looks at its partition and at whether it has a value. */
export type EncodedMessage = Message & { readonly partition: number; readonly batch: Buffer };

export const carry = (partition: number, batch: Buffer): EncodedMessage => ({ partition, batch, value: null });

type TopicData = {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly Partial<EncodedMessage>[] }[];
};

type Produce = { readonly topicData: readonly TopicData[]; readonly acks: number; readonly timeout: number };

type Answer = {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number }[];
  }[];
};

type ProtocolRequest = {
  readonly request: {
    readonly apiKey: number;
    readonly apiName: string;
    readonly apiVersion: number;
    readonly expectResponse: () => boolean;
    readonly encode: () => Promise<unknown>;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<unknown>;
    /** @throws what kafkajs makes of the first partition that failed. */
    readonly parse: (answer: Answer) => Promise<unknown>;
  };
};

export type Broker = {
  lookupRequest(apiKey: number, definition: object): (produce: Produce) => ProtocolRequest;
  readonly connectionPool: { send(request: ProtocolRequest & { readonly requestTimeout: number }): Promise<Answer> };
  disconnect(): Promise<void>;
  produce(produce: Produce): Promise<unknown>;
};

type Waiting = {
  readonly produce: Produce;
  readonly carried: Carried;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** The broker answers when `timeout` is over; what it has not answered so much later, it does not answer. */
const graceMs = 1_000;
/** Of one request, beyond which another batch goes with the next: as much as Kafka's own producer sends by default. */
const requestBytesMax = 1024 * 1024;

const waitingFor = new WeakMap<Broker, Waiting[]>();
let patched = false;

/** Takes effect for every client of this process, and changes nothing for those that send messages of kafkajs' kind. */
export const patchProduce = (): void => {
  if (patched) return;
  patched = true;
  // These modules have no types; their shapes are those of the pinned version, and every append goes through here.
  const { prototype } = require('kafkajs/src/broker') as { readonly prototype: Broker };
  const { requests } = require('kafkajs/src/protocol/requests') as { readonly requests: { readonly Produce: object } };
  const apiKeys = require('kafkajs/src/protocol/requests/apiKeys') as { readonly Produce: number };
  const unpatched = prototype.produce;

  const sendTogether = async (broker: Broker, together: readonly Waiting[]): Promise<void> => {
    const [first] = together as [Waiting];
    try {
      const { request, response } = broker.lookupRequest(apiKeys.Produce, requests.Produce)(first.produce);
      const encode = async () => encodeProduce(first.produce, together.map(carriedOf));
      // A partition that failed fails its own sender alone.
      const whole = { decode: response.decode, parse: async (answer: Answer) => answer };
      const requestTimeout = first.produce.timeout + graceMs;
      const answer = await broker.connectionPool.send({
        request: { ...request, encode },
        response: whole,
        requestTimeout,
      });
      for (const { carried, resolve, reject } of together) {
        response.parse(answerFor(carried, answer)).then(resolve, reject);
      }
    } catch (error) {
      // As kafkajs does for every request: what is left of a connection that broke is ended.
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
      for (const { reject } of together) reject(error);
    }
  };
  const sendWaiting = (broker: Broker): void => {
    const waiting = waitingFor.get(broker) ?? [];
    waitingFor.delete(broker);
    for (const together of requestsOf(waiting)) void sendTogether(broker, together);
  };
  prototype.produce = function (this: Broker, produce: Produce): Promise<unknown> {
    const carried = carriedIn(produce.topicData);
    if (carried === undefined) return unpatched.call(this, produce);
    return new Promise((resolve, reject) => {
      const waiting = waitingFor.get(this) ?? [];
      waitingFor.set(this, waiting);
      if (waiting.push({ produce, carried, resolve, reject }) === 1) setImmediate(sendWaiting, this);
    });
  };
};

const carriedIn = ([only]: readonly TopicData[]): Carried | undefined => {
  const [partition] = only?.partitions ?? [];
  const batch = partition?.messages[0]?.batch;
  return only && partition && batch && { topic: only.topic, partition: partition.partition, batch };
};

const carriedOf = ({ carried }: Waiting): Carried => carried;

/** In their order. A request names a partition once, and says once for all what it waits for and how long. */
const requestsOf = (waiting: readonly Waiting[]): readonly (readonly Waiting[])[] => {
  const all: Waiting[][] = [];
  let bytes = 0;
  for (const one of waiting) {
    const last = all.at(-1);
    bytes += one.carried.batch.length;
    if (last?.every((other) => goTogether(other, one)) && bytes <= requestBytesMax) {
      last.push(one);
    } else {
      all.push([one]);
      bytes = one.carried.batch.length;
    }
  }
  return all;
};

const goTogether = (one: Waiting, other: Waiting): boolean =>
  one.produce.acks === other.produce.acks &&
  one.produce.timeout === other.produce.timeout &&
  (one.carried.topic !== other.carried.topic || one.carried.partition !== other.carried.partition);

/** What the answer says of this one; nothing, where it does not name it. */
const answerFor = ({ topic, partition }: Carried, answer: Answer): Answer => ({
  ...answer,
  topics: answer.topics
    .filter(({ topicName }) => topicName === topic)
    .map((of) => ({ ...of, partitions: of.partitions.filter((one) => one.partition === partition) })),
});
