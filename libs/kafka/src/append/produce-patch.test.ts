import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { type Broker, carry, patchProduce } from './produce-patch.ts';

const require = createRequire(import.meta.url);
// Without types, as the patch itself meets it.
const { prototype } = require('kafkajs/src/broker') as { readonly prototype: Broker };
const Decoder = require('kafkajs/src/protocol/decoder') as new (
  bytes: Buffer,
) => {
  readInt16(): number;
  readInt32(): number;
  readString(): string;
  readBytes(): Buffer;
  readArray<T>(read: () => T): readonly T[];
};
const { versions, protocol } = require('kafkajs/src/protocol/requests/produce') as {
  readonly versions: readonly string[];
  readonly protocol: (of: { readonly version: number }) => Parameters<Broker['lookupRequest']>[1];
};

patchProduce();

type Partition = { readonly partition: number; readonly errorCode: number; readonly baseOffset: string };
type Topic = { readonly topicName: string; readonly partitions: readonly Partition[] };
type Asked = readonly { readonly topic: string; readonly partitions: readonly [number, string][] }[];

/** A broker as kafkajs has one, with a connection that the test answers for. */
const brokerWith = (answer: (asked: Asked, nth: number) => readonly Topic[] | Error) => {
  const requests: Asked[] = [];
  let ended = 0;
  const version = Number(versions.at(-1));
  const broker: Broker = Object.assign(Object.create(prototype) as Broker, {
    lookupRequest: () => protocol({ version }),
    disconnect: async () => void (ended += 1),
    connectionPool: {
      send: async ({ request, response }: Parameters<Broker['connectionPool']['send']>[0]) => {
        const { buffer } = (await request.encode()) as { readonly buffer: Buffer };
        const asked = read(buffer);
        requests.push(asked);
        const answered = answer(asked, requests.length);
        if (answered instanceof Error) throw answered;
        return response.parse({ topics: answered });
      },
    },
  });
  const send = (topic: string, partition: number, batch: string) =>
    broker.produce({
      ...{ acks: -1, timeout: 1_000 },
      topicData: [{ topic, partitions: [{ partition, messages: [carry(partition, Buffer.from(batch))] }] }],
    }) as Promise<{ readonly topics: readonly Topic[] }>;
  return { send, requests, ended: () => ended };
};

const read = (bytes: Buffer): Asked => {
  const from = new Decoder(bytes);
  assert.deepEqual([from.readInt16(), from.readInt16(), from.readInt32()], [-1, -1, 1_000]);
  const partition = (): [number, string] => [from.readInt32(), String(from.readBytes())];
  return from.readArray(() => ({ topic: from.readString(), partitions: from.readArray(partition) }));
};

/** Every partition is taken, at ten times its number, unless the test says what else becomes of it. */
const taken = (asked: Asked, errorCodes: Readonly<Record<number, number>> = {}): readonly Topic[] =>
  asked.map(({ topic, partitions }) => ({
    topicName: topic,
    partitions: partitions.map(([partition]) => ({
      ...{ partition, errorCode: errorCodes[partition] ?? 0, baseOffset: String(partition * 10) },
    })),
  }));

const placesIn = ({ topics }: { readonly topics: readonly Topic[] }): readonly string[] =>
  topics.flatMap(({ topicName, partitions }) =>
    partitions.map(({ partition, baseOffset }) => `${topicName}/${partition}@${baseOffset}`),
  );

describe('batches that are sent to a broker in one turn', () => {
  it('go in one request, and each sender is answered for its own partition', async () => {
    const { send, requests } = brokerWith((asked) => taken(asked));
    const answers = await Promise.all([send('t', 1, 'one'), send('ü', 1, 'other'), send('t', 2, 'two')]);
    const t: [number, string][] = [
      [1, 'one'],
      [2, 'two'],
    ];
    assert.deepEqual(requests, [
      [
        { topic: 't', partitions: t },
        { topic: 'ü', partitions: [[1, 'other']] },
      ],
    ]);
    assert.deepEqual(answers.map(placesIn), [['t/1@10'], ['ü/1@10'], ['t/2@20']]);
  });

  it('fail one by one where the broker refuses one', async () => {
    const notEnoughReplicas = 19;
    const { send } = brokerWith((asked) => taken(asked, { 2: notEnoughReplicas }));
    const [one, two, three] = await Promise.allSettled([send('t', 1, 'a'), send('t', 2, 'b'), send('t', 3, 'c')]);
    assert.deepEqual([one?.status, two?.status, three?.status], ['fulfilled', 'rejected', 'fulfilled']);
    assert.equal(two?.status === 'rejected' && two.reason.type, 'NOT_ENOUGH_REPLICAS');
  });

  it('say nothing of a partition that the answer leaves out', async () => {
    const { send } = brokerWith((asked) => taken(asked).map((topic) => ({ ...topic, partitions: [] })));
    assert.deepEqual((await send('t', 1, 'a')).topics, [{ topicName: 't', partitions: [] }]);
  });

  it('all fail with the connection, which is ended once', async () => {
    const broken = Object.assign(new Error('gone'), { name: 'KafkaJSConnectionClosedError' });
    const { send, ended } = brokerWith(() => broken);
    const results = await Promise.allSettled([send('t', 1, 'a'), send('t', 2, 'b')]);
    assert.deepEqual(
      results.map((result) => result.status === 'rejected' && result.reason),
      [broken, broken],
    );
    assert.equal(ended(), 1);
  });

  it('go in several where one would be large, or would name a partition twice', async () => {
    const { send, requests } = brokerWith((asked) => taken(asked));
    const large = 'x'.repeat(700_000);
    await Promise.all([send('t', 1, large), send('t', 2, large), send('t', 2, 'again'), send('t', 3, 'small')]);
    const partitions = requests.map((asked) => asked.flatMap((topic) => topic.partitions.map(([number]) => number)));
    assert.deepEqual(partitions, [[1], [2], [2, 3]]);
  });

  it('that come a turn later go in the next', async () => {
    const { send, requests } = brokerWith((asked) => taken(asked));
    await send('t', 1, 'a');
    await send('t', 1, 'b');
    assert.equal(requests.length, 2);
  });
});
