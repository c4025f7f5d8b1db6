/**
 * Lets kafkajs fetch without decoding: it asks, finds leaders and joins groups, and what a broker answers is carried
 * through it as it came. kafkajs copies an object for every header of every record, which was most of the CPU of reading.
 */
import { createRequire } from 'node:module';
import type { ISocketFactory, KafkaMessage } from 'kafkajs';
import { type FetchedPartition, readFetchResponse } from './fetch-response.ts';
import { type RecordSet, readRecordSet } from './record-set.ts';

const require = createRequire(import.meta.url);

/**
 * Stands for all that was fetched of a partition, with the last offset of it. kafkajs leaves it out of what it hands over
 * when it is a control record, and goes on behind it; so it is one when nothing in the set counts.
 */
type Carrier = {
  readonly offset: string;
  readonly isControlRecord: boolean;
  readonly key: null;
  readonly value: null;
  readonly carried: RecordSet;
};

/** What was carried in a partition's messages; nothing when none came. @throws when kafkajs has decoded them. */
export const carriedIn = (messages: readonly object[]): RecordSet | undefined => {
  const [only, ...others] = messages as readonly (KafkaMessage | Carrier)[];
  if (only === undefined) return undefined;
  if (others.length > 0 || !('carried' in only)) throw new Error('records were decoded by kafkajs');
  return only.carried;
};

type Protocol = {
  readonly request: { readonly apiName: string; readonly apiVersion: number };
  readonly response: { readonly decode: (payload: Buffer) => Promise<unknown> };
};

type Connection = { readonly socketFactory: ISocketFactory; send(protocol: Protocol): Promise<unknown> };

const ours = new WeakSet<ISocketFactory>();
let patched = false;

/** What clients fetch whose connections are made by this factory is carried. */
export const carryFetchesOf = (factory: ISocketFactory): void => {
  patchFetch();
  ours.add(factory);
};

/** Takes effect for the clients named above, and changes nothing for any other. */
const patchFetch = (): void => {
  if (patched) return;
  patched = true;
  // The module has no types; its shape is that of the pinned version, and a test looks at what the patch is for.
  const { prototype } = require('kafkajs/src/network/connection') as { readonly prototype: Connection };
  const send = prototype.send;
  prototype.send = function (this: Connection, protocol: Protocol): Promise<unknown> {
    const { request, response } = protocol;
    if (request.apiName !== 'Fetch' || !ours.has(this.socketFactory)) return send.call(this, protocol);
    const decode = async (payload: Buffer) => carry(request.apiVersion, payload);
    return send.call(this, { ...protocol, response: { ...response, decode } });
  };
};

/** The answer in the form that kafkajs gives it, with a carrier instead of messages. */
const carry = (version: number, payload: Buffer) => {
  const { throttleMs, errorCode, sessionId, topics } = readFetchResponse(version, payload);
  const throttle = version < 8 ? { throttleTime: throttleMs } : { throttleTime: 0, clientSideThrottleTime: throttleMs };
  const responses = topics.map(({ topic, partitions }) => ({
    topicName: topic,
    partitions: partitions.map((fetched) => carried(topic, fetched)),
  }));
  return { ...throttle, errorCode, sessionId, responses };
};

const carried = (topic: string, fetched: FetchedPartition) => {
  const set = readRecordSet(`${topic}/${fetched.partition}`, fetched.records, fetched.aborted);
  return {
    partition: fetched.partition,
    errorCode: fetched.errorCode,
    highWatermark: String(fetched.highWatermark),
    lastStableOffset: String(fetched.lastStableOffset),
    lastStartOffset: String(fetched.logStartOffset), // As kafkajs spells it.
    abortedTransactions: [], // They have been left out already.
    preferredReadReplica: fetched.preferredReadReplica,
    messages: set.lastOffset === undefined ? [] : [carrierOf(set, set.lastOffset)],
  };
};

const carrierOf = (set: RecordSet, lastOffset: bigint): Carrier => ({
  offset: String(lastOffset),
  isControlRecord: set.batches.length === 0,
  key: null,
  value: null,
  carried: set,
});
