/** What the log's contract tests are written with. */
import assert from 'node:assert/strict';
import { partitionOf } from '@plenum/event';
import type { Batch, Log, LogRecord, NewRecord, Subscription } from '../log.ts';
import { lookout } from './lookout.ts';
import type { ContractTopic } from './opened-log.ts';

/** Of a whole suite, and generous: it is there to end a test that would wait for ever, never to time anything. */
export const timeout = 240_000;

const encoder = new TextEncoder();

export const aRecord = (topic: ContractTopic, key: string, more: Partial<NewRecord> = {}): NewRecord => ({
  topic: topic.name,
  key,
  value: encoder.encode(`value of ${key}`),
  headers: { ce_id: `id of ${key}`, ce_type: 'plenum.test.Said' },
  timestampMs: 1_750_000_000_000,
  ...more,
});

/** `count` records of one key, distinguished by their value. */
export const numbered = (topic: ContractTopic, key: string, count: number, from = 0): readonly NewRecord[] =>
  Array.from({ length: count }, (_, index) => aRecord(topic, key, { value: encoder.encode(`${key} ${from + index}`) }));

/** A key that belongs to this partition. */
export const keyIn = (topic: ContractTopic, partition: number): string => {
  for (let index = 0; ; index += 1) {
    const key = `key-${index}`;
    if (partitionOf(key, topic.partitions) === partition) return key;
  }
};

/** One key for every partition, in order. */
export const keysOf = (topic: ContractTopic): readonly string[] =>
  Array.from({ length: topic.partitions }, (_, partition) => keyIn(topic, partition));

export const textOf = (record: { readonly value: Uint8Array }): string => new TextDecoder().decode(record.value);

export const readBatches = async (log: Log, range: Parameters<Log['read']>[0]): Promise<readonly Batch[]> => {
  const batches: Batch[] = [];
  for await (const batch of log.read(range)) batches.push(batch);
  return batches;
};

/** Everything a partition holds. */
export const readAll = async (log: Log, topic: ContractTopic, partition: number): Promise<readonly LogRecord[]> => {
  const ends = (await log.positions(topic.name))[partition];
  assert.ok(ends, `positions knows partition ${partition}`);
  const batches = await readBatches(log, { topic: topic.name, partition, from: ends.first, to: ends.next });
  return batches.flatMap((batch) => batch.records);
};

/** That a batch says of itself what the port promises. */
export const checkBatch = (batch: Batch, asked: bigint): void => {
  assert.equal(batch.fetchedOffset, asked, 'a batch says which offset was asked for');
  assert.ok(batch.records.length > 0, 'a batch holds records');
  let before = asked - 1n;
  for (const { offset } of batch.records) {
    assert.ok(offset > before, `offset ${offset} comes after ${before}`);
    before = offset;
  }
  assert.ok(batch.nextOffset > before, 'the next batch begins after the last record');
  assert.ok(batch.endOffset >= batch.nextOffset, 'the end is not before the next batch');
};

/** The checkpoints of one consumer, shared by its members as a database would be. */
export type Checkpoints = {
  get(topic: string, partition: number): bigint | undefined;
  set(topic: string, partition: number, next: bigint): void;
};

export const checkpoints = (): Checkpoints => {
  const kept = new Map<string, bigint>();
  return {
    get: (topic, partition) => kept.get(`${topic}/${partition}`),
    set: (topic, partition, next) => void kept.set(`${topic}/${partition}`, next),
  };
};

export type Member = {
  readonly batches: readonly Batch[];
  /** Every call of `position`, as `topic/partition`. */
  readonly assigned: readonly string[];
  readonly done: Promise<void>;
  stop(): Promise<void>;
  /** Settles when `met` holds; looked at whenever this member is given something. Rejects if the member fails first. */
  until(met: () => boolean): Promise<void>;
};

export type MemberSettings = {
  readonly log: Log;
  readonly topics: readonly ContractTopic[];
  readonly group: string;
  readonly kept?: Checkpoints;
  readonly recordsMax?: number;
  /** Called before the checkpoint moves; what it returns replaces `nextOffset`. */
  readonly handle?: (batch: Batch) => Promise<bigint | undefined> | bigint | undefined;
};

/** A subscriber that keeps its checkpoint and remembers what it was handed. */
export const startMember = (settings: MemberSettings): Member => {
  const { log, topics, group, kept = checkpoints(), recordsMax = 100, handle } = settings;
  const batches: Batch[] = [];
  const assigned: string[] = [];
  const stop = new AbortController();
  const { changed, until } = lookout();
  const subscription: Subscription = {
    group,
    topics: topics.map((topic) => topic.name),
    recordsMax,
    async position(topic, partition) {
      const first = (await log.positions(topic))[partition]?.first;
      assert.ok(first !== undefined);
      assigned.push(`${topic}/${partition}`);
      changed();
      return kept.get(topic, partition) ?? first;
    },
    async handle(batch) {
      const next = (await handle?.(batch)) ?? batch.nextOffset;
      batches.push(batch);
      kept.set(batch.topic, batch.partition, next);
      changed();
      return next;
    },
  };
  const done = log.subscribe(subscription, stop.signal);
  // A test that waits for it hears of a failure; one that only stops it does so through `stop`.
  done.catch(() => undefined);
  return {
    batches,
    assigned,
    done,
    async stop() {
      stop.abort();
      await done;
    },
    until: (met) => until(met, done),
  };
};

/** What a member was handed of one partition, as text and in order. */
export const textsOf = (member: Member, topic: ContractTopic, partition: number): readonly string[] =>
  member.batches
    .filter((batch) => batch.topic === topic.name && batch.partition === partition)
    .flatMap((batch) => batch.records.map(textOf));
