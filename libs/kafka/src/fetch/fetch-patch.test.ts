import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, connect as dial } from 'node:net';
import { it, type TestContext } from 'node:test';
import type { ISocketFactory } from 'kafkajs';
import { marker, notCompressed, type WrittenBatch, writeAnswer, writeBatch } from '../testing/answers.ts';
import { carriedIn, carryFetchesOf } from './fetch-patch.ts';
import { piecesOf } from './pieces.ts';

type Partition = { readonly partition: number; readonly messages: readonly object[] };
type Answer = {
  readonly throttleTime: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly Partition[] }[];
};
type Protocol = { readonly request: { readonly apiVersion: number }; readonly response: object };
type Connection = {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  send(protocol: Protocol): Promise<Answer>;
};
type Batch = {
  readonly messages: readonly object[];
  readonly rawMessages: readonly object[];
  isEmpty(): boolean;
  isEmptyDueToFiltering(): boolean;
  lastOffset(): string;
};

const require = createRequire(import.meta.url);
// Without types, as the patch itself meets them.
const Connection = require('kafkajs/src/network/connection') as new (options: object) => Connection;
const Batch = require('kafkajs/src/consumer/batch') as new (topic: string, from: string, partition: object) => Batch;
const { protocol, versions } = require('kafkajs/src/protocol/requests/fetch') as {
  readonly versions: readonly string[];
  readonly protocol: (of: { readonly version: number }) => (parameters: object) => Protocol;
};
const { version: kafkajsVersion } = require('kafkajs/package.json') as { readonly version: string };

const batch = (firstOffset: bigint, more: Partial<WrittenBatch> = {}): WrittenBatch => ({
  ...{ firstOffset, lastOffsetDelta: 1, firstMs: 1_000, maxMs: 1_001, producerId: -1n, attributes: 0 },
  compression: notCompressed,
  records: [0, 1].map((offsetDelta) => ({
    ...{ offsetDelta, sinceFirstMs: offsetDelta, key: Buffer.from('k'), headers: [['h', Buffer.from('v')]] as const },
    value: Buffer.from(`${firstOffset + BigInt(offsetDelta)}`),
  })),
  ...more,
});

/** What kafkajs makes of an answer from a broker that gives everybody the same. */
const fetchOf = async (t: TestContext, version: number, records: Buffer, socketFactory: ISocketFactory) => {
  const body = writeAnswer(version, { topic: 't', partition: 3, highWatermark: 9n, aborted: [], records });
  const server = createServer((socket) => {
    socket.on('data', (request: Buffer) => {
      const head = Buffer.alloc(8);
      head.writeInt32BE(4 + body.length, 0);
      head.writeInt32BE(request.readInt32BE(8), 4); // By this number an answer finds its question.
      socket.write(Buffer.concat([head, body]));
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const quiet = { debug: () => {}, error: () => {}, namespace: () => quiet };
  const options = { host: '127.0.0.1', port, logger: quiet, connectionTimeout: 5_000, requestTimeout: 5_000 };
  const connection = new Connection({ ...options, socketFactory });
  t.after(async () => {
    await connection.disconnect();
    server.close();
  });
  await connection.connect();
  const topics = [{ topic: 't', partitions: [{ partition: 3, fetchOffset: '5', maxBytes: 1_000 }] }];
  const answer = await connection.send(protocol({ version })({ maxWaitTime: 1, minBytes: 1, maxBytes: 1_000, topics }));
  const partition = answer.responses[0]?.partitions[0];
  assert.ok(partition);
  return { answer, partition };
};

const factory = (): ISocketFactory => {
  const make: ISocketFactory = ({ host, port, onConnect }) => dial({ host, port }, onConnect);
  return make;
};

it('knows the kafkajs that it is made for', () => {
  assert.equal(kafkajsVersion, '2.2.4', 'look through what is patched, and at the versions of the fetch protocol');
  assert.equal(versions.at(-1), '11', 'of the newest version that kafkajs asks in, answers are read');
});

for (const version of [4, 5, 6, 7, 8, 9, 10, 11]) {
  it(`carries what our clients fetch, and lets others have what they had: version ${version}`, async (t) => {
    const records = Buffer.concat([writeBatch(batch(4n)), writeBatch(batch(6n)), writeBatch(marker(8n, 1n, 'commit'))]);
    const ours = factory();
    carryFetchesOf(ours);

    const { answer, partition } = await fetchOf(t, version, records, ours);
    assert.equal(answer.throttleTime, 0);
    assert.equal(partition.partition, 3);
    const handed = new Batch('t', '5', partition);
    assert.equal(handed.messages.length, 1, 'all of it is one message to kafkajs');
    assert.equal(handed.lastOffset(), '8', 'and it goes on behind the marker');
    const set = carriedIn(handed.messages);
    assert.ok(set);
    const offsets: bigint[] = [];
    for await (const piece of piecesOf(set, { from: 5n, to: 100n, recordsMax: 10 })) {
      assert.equal(piece.next, 9n);
      offsets.push(...piece.records.map(({ offset }) => offset));
    }
    assert.deepEqual(offsets, [5n, 6n, 7n]);

    const theirs = await fetchOf(t, version, records, factory());
    const others = new Batch('t', '5', theirs.partition);
    assert.equal(others.messages.length, 3);
    assert.equal(others.lastOffset(), '8');
    assert.throws(() => carriedIn(others.messages), /decoded by kafkajs/);
    const shape = ({ messages: _, ...rest }: Partition): object => rest;
    // What older versions do not say is said here to be unknown.
    const unknown = { lastStartOffset: '-1', preferredReadReplica: -1 };
    assert.deepEqual(shape(partition), { ...unknown, ...shape(theirs.partition) });
    assert.deepEqual({ ...answer, responses: [] }, { errorCode: 0, sessionId: 0, ...theirs.answer, responses: [] });
  });
}

it('has kafkajs go on behind what is handed to nobody, and ask again where nothing came', async (t) => {
  const ours = factory();
  carryFetchesOf(ours);
  const markers = await fetchOf(t, 11, writeBatch(marker(5n, 1n, 'commit')), ours);
  const filtered = new Batch('t', '5', markers.partition);
  assert.deepEqual([filtered.isEmpty(), filtered.isEmptyDueToFiltering(), filtered.lastOffset()], [true, true, '5']);

  const nothing = await fetchOf(t, 11, Buffer.alloc(0), ours);
  const empty = new Batch('t', '9', nothing.partition);
  assert.deepEqual([empty.isEmpty(), empty.isEmptyDueToFiltering(), empty.lastOffset()], [true, false, '8']);
  assert.equal(carriedIn(empty.rawMessages), undefined);
});
