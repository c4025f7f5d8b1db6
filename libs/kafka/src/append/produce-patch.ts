/** Lets kafkajs' producer carry batches that are encoded already: it finds leaders and tries again, and encodes nothing. */
import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';

const require = createRequire(import.meta.url);

/** Stands for a batch on its way through kafkajs, which looks at its partition and at whether it has a value. */
export type EncodedMessage = Message & { readonly partition: number; readonly batch: Buffer };

export const carry = (partition: number, batch: Buffer): EncodedMessage => ({ partition, batch, value: null });

type TopicData = {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly Partial<EncodedMessage>[] }[];
};

type Produce = { readonly topicData: readonly TopicData[]; readonly acks: number; readonly timeout: number };

type ProtocolRequest = {
  readonly request: {
    readonly apiKey: number;
    readonly apiName: string;
    readonly apiVersion: number;
    readonly expectResponse: () => boolean;
    readonly encode: () => Promise<unknown>;
  };
  readonly response: object;
};

type Broker = {
  lookupRequest(apiKey: number, definition: object): (produce: Produce) => ProtocolRequest;
  readonly connectionPool: { send(request: ProtocolRequest & { readonly requestTimeout: number }): Promise<unknown> };
  disconnect(): Promise<void>;
  produce(produce: Produce): Promise<unknown>;
};

/** The broker answers when `timeout` is over; what it has not answered so much later, it does not answer. */
const graceMs = 1_000;

let patched = false;

/** Takes effect for every client of this process, and changes nothing for those that send messages of kafkajs' kind. */
export const patchProduce = (): void => {
  if (patched) return;
  patched = true;
  // These modules have no types; their shapes are those of the pinned version, and every append goes through here.
  const { prototype } = require('kafkajs/src/broker') as { readonly prototype: Broker };
  const { requests } = require('kafkajs/src/protocol/requests') as { readonly requests: { readonly Produce: object } };
  const apiKeys = require('kafkajs/src/protocol/requests/apiKeys') as { readonly Produce: number };
  const produce = prototype.produce;
  prototype.produce = async function (this: Broker, parameters: Produce): Promise<unknown> {
    const carried = carriedIn(parameters.topicData);
    if (carried === undefined) return produce.call(this, parameters);
    const { request, response } = this.lookupRequest(apiKeys.Produce, requests.Produce)(parameters);
    const encode = async () => encodeProduce(parameters, carried);
    const requestTimeout = parameters.timeout + graceMs;
    try {
      return await this.connectionPool.send({ request: { ...request, encode }, response, requestTimeout });
    } catch (error) {
      // As kafkajs does for every request: what is left of a connection that broke is ended.
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await this.disconnect();
      throw error;
    }
  };
};

type Carried = { readonly topic: string; readonly partition: number; readonly batch: Buffer };

const carriedIn = ([only]: readonly TopicData[]): Carried | undefined => {
  const [partition] = only?.partitions ?? [];
  const batch = partition?.messages[0]?.batch;
  return only && partition && batch && { topic: only.topic, partition: partition.partition, batch };
};

/** Versions 3 to 7 are alike: no transaction, acks, timeout, one topic with one partition. */
const encodeProduce = ({ acks, timeout }: Produce, { topic, partition, batch }: Carried) => {
  const name = Buffer.from(topic);
  const bytes = Buffer.allocUnsafe(2 + 2 + 4 + 4 + 2 + name.length + 4 + 4 + 4 + batch.length);
  let at = bytes.writeInt16BE(-1, 0);
  at = bytes.writeInt16BE(acks, at);
  at = bytes.writeInt32BE(timeout, at);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt16BE(name.length, at);
  at += name.copy(bytes, at);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt32BE(partition, at);
  at = bytes.writeInt32BE(batch.length, at);
  batch.copy(bytes, at);
  // What kafkajs takes from one of its own encoders.
  return { buf: bytes, buffer: bytes, size: () => bytes.length };
};
