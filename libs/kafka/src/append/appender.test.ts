import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineTopic, partitionOf } from '@plenum/event';
import { type NewRecord, Poison, TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { openAppender } from './appender.ts';
import { type Batch, firstOffset, type Producers } from './producers.ts';

const topic = defineTopic({ name: 't', about: 'A test.', keyedBy: 'anything', partitions: 1 });

const wide = defineTopic({ name: 'wide', about: 'A test.', keyedBy: 'anything', partitions: 2 });

const record = (text: string, bytes = 0): NewRecord => ({
  ...{ topic: 't', key: 'k', headers: {}, timestampMs: 1 },
  value: Buffer.from(text.padEnd(bytes)),
});

const textsOf = (batch: Batch | undefined): readonly string[] =>
  (batch?.records ?? []).map(({ value }) => String(value).trim());

type Sent = { readonly batch: Batch; readonly stored: () => void; readonly failed: (error: Error) => void };

/** A producer whose sends end when the test says so. */
const scripted = (retryMs = 0) => {
  const sends: Sent[] = [];
  let offset = 0n;
  let more = Promise.withResolvers<void>();
  const producers: Producers = {
    send: (batch) =>
      new Promise((resolve, reject) => {
        const stored = (): void => {
          resolve(offset);
          offset += BigInt(batch.records.length);
        };
        sends.push({ batch, stored, failed: reject });
        more.resolve();
        more = Promise.withResolvers();
      }),
    close: async () => undefined,
  };
  const appender = openAppender({
    topics: new Map([topic, wide].map((each) => [each.name, each])),
    producers: [producers],
    retryMs,
    logger: silentLogger,
  });
  const nth = async (index: number): Promise<Sent> => {
    while (sends.length <= index) await more.promise;
    const found = sends[index];
    assert.ok(found);
    return found;
  };
  return { appender, sends, nth };
};

describe('the appender', () => {
  it('has one send to a partition under way, and takes what gathers in the meantime with the next', async () => {
    const { appender, sends, nth } = scripted();
    const first = appender.append([record('a')]);
    const { stored } = await nth(0);
    const others = Promise.all([appender.append([record('b')]), appender.append([record('c'), record('d')])]);
    assert.equal(sends.length, 1);
    stored();
    await first;
    (await nth(1)).stored();
    assert.deepEqual(await others, [
      [{ topic: 't', partition: 0, firstOffset: 1n, count: 1 }],
      [{ topic: 't', partition: 0, firstOffset: 2n, count: 2 }],
    ]);
    assert.deepEqual(
      sends.map(({ batch }) => textsOf(batch)),
      [['a'], ['b', 'c', 'd']],
    );
  });

  it('sends the partitions of one call apart, and settles when all of them are stored', async () => {
    const { appender, sends, nth } = scripted();
    const keys = Array.from({ length: 10 }, (_, index) => `k${index}`);
    const appended = appender.append(keys.map((key) => ({ ...record(key), topic: 'wide', key })));
    let settled = false;
    void appended.then(() => {
      settled = true;
    });
    const [one, other] = [await nth(0), await nth(1)];
    assert.deepEqual(
      [one.batch.partition, other.batch.partition].toSorted((a, b) => a - b),
      [0, 1],
    );
    for (const { batch } of [one, other]) {
      assert.deepEqual(
        textsOf(batch),
        keys.filter((key) => partitionOf(key, 2) === batch.partition),
      );
    }
    one.stored();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(settled, false);
    other.stored();
    assert.equal((await appended).length, 2);
    assert.equal(sends.length, 2);
  });

  it('keeps every batch below what the topic takes, and says the parts of one call as one range', async () => {
    const { appender, sends, nth } = scripted();
    const appended = appender.append(Array.from({ length: 5 }, (_, index) => record(`${index}`, 500_000)));
    for (let index = 0; index < 3; index += 1) (await nth(index)).stored();
    assert.deepEqual(await appended, [{ topic: 't', partition: 0, firstOffset: 0n, count: 5 }]);
    assert.deepEqual(
      sends.map(({ batch }) => textsOf(batch)),
      [['0', '1'], ['2', '3'], ['4']],
    );
  });

  it('rejects what is behind a batch that failed, so that nothing gets ahead of what is sent again', async () => {
    const { appender, nth } = scripted();
    const first = appender.append([record('a')]);
    const { failed } = await nth(0);
    const behind = appender.append([record('b')]);
    behind.catch(() => undefined);
    failed(new TransientFailure('away', 'the broker is away'));
    await assert.rejects(first, TransientFailure);
    await assert.rejects(behind, TransientFailure);
    assert.equal(appender.queuedBytes(), 0);
    const again = appender.append([record('a'), record('b')]);
    (await nth(1)).stored();
    assert.equal((await again)[0]?.count, 2);
  });

  it('lets others pass what will never be taken', async () => {
    const { appender, nth } = scripted();
    const first = appender.append([record('a')]);
    const { failed } = await nth(0);
    const behind = appender.append([record('b')]);
    failed(new Poison('MESSAGE_TOO_LARGE', 'too large'));
    await assert.rejects(first, Poison);
    (await nth(1)).stored();
    await behind;
  });

  it('tries the same records again while the log is away and there is time', async () => {
    const { appender, sends, nth } = scripted(60_000);
    const appended = appender.append([record('a')]);
    (await nth(0)).failed(new TransientFailure('away', 'the broker is away'));
    (await nth(1)).stored();
    assert.equal((await appended)[0]?.firstOffset, 0n);
    assert.deepEqual(
      sends.map(({ batch }) => textsOf(batch)),
      [['a'], ['a']],
    );
  });
});

describe('an answer to a send', () => {
  const good = { topicName: 't', partition: 3, errorCode: 0, baseOffset: '7' };

  it('counts only when it names exactly this partition as stored', () => {
    assert.equal(firstOffset([good], 't', 3), 7n);
    for (const answer of [
      [],
      [{ ...good, partition: 2 }],
      [{ ...good, topicName: 'other' }],
      [{ ...good, errorCode: 6 }],
      [{ ...good, baseOffset: '-1' }],
      [good, { ...good, partition: 4 }],
    ]) {
      assert.throws(() => firstOffset(answer, 't', 3), TransientFailure);
    }
  });
});
