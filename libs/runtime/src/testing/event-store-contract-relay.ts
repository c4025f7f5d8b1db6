/** How what is stored comes into a log, and the store back out of it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Command } from '@plenum/event';
import { foldProjection, type Recorded } from '@plenum/read-model';
import { handleCommand } from '../commands/handle-command.ts';
import { rebuildStreams } from '../commands/rebuild-streams.ts';
import { stateOf } from '../commands/state-of.ts';
import { type OutboxRelay, outboxLag, outboxRelay, runOutboxRelay } from '../consumer/outbox-relay.ts';
import { consumerProgress } from '../consumer/progress.ts';
import type { Log, LogRecord } from '../log.ts';
import { by, deciding, howOf } from './event-store-contract-append.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import type { OpenEventStore } from './opened-event-store.ts';
import { counted } from './read-model-store-samples.ts';
import {
  moveCoins,
  moveLabel,
  purseCommand,
  purseRules,
  purseStream,
  pursesCodec,
  pursesProjection,
  pursesReserving,
  pursesTopic,
} from './sample-purses.ts';
import { silentLogger } from './silent-logger.ts';

/** What a store is made again from, besides the log. */
export const rebuilding = { topics: [pursesTopic], reserving: pursesReserving, codec: pursesCodec };

const purses = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Opens purses and moves coins about, some commands several streams wide. */
export const makeDecisions = async (place: ReturnType<typeof deciding>, rounds: number, name = ''): Promise<void> => {
  const run = (id: string, command: Command) => handleCommand(place, command, by(id));
  for (const purse of purses) {
    await run(`${name}open-${purse}`, purseCommand({ do: 'open', purse }));
    await run(`${name}put-${purse}`, purseCommand({ do: 'put', purse, cents: 100 }));
    await run(`${name}label-${purse}`, purseCommand({ do: 'label', purse, label: `of ${purse}` }));
  }
  for (let round = 0; round < rounds; round += 1) {
    const [from = '', to = ''] = [purses[round % purses.length], purses[(round * 5 + 1) % purses.length]];
    await run(
      `${name}${round}`,
      from === to ? purseCommand({ do: 'put', purse: to, cents: 1 }) : moveCoins(from, to, 1),
    );
    if (from !== to && round % 5 === 0) await run(`${name}move-${round}`, moveLabel(from, to, `of ${from}`));
  }
};

/** Every record of the topic that decisions are in, partition by partition. */
export const recordsIn = async (log: Pick<Log, 'positions' | 'read'>): Promise<readonly (readonly LogRecord[])[]> => {
  const partitions: LogRecord[][] = [];
  for (const { partition, first, next } of await log.positions(pursesTopic.name)) {
    const records: LogRecord[] = [];
    for await (const batch of log.read({ topic: pursesTopic.name, partition, from: first, to: next })) {
      records.push(...batch.records);
    }
    partitions.push(records);
  }
  return partitions;
};

/** That every stream comes in order from 1, where versions may come again but never too early. */
export const assertNoGap = (partitions: readonly (readonly LogRecord[])[]): void => {
  const versions = new Map<string, number>();
  for (const { headers } of partitions.flat()) {
    const [stream = '', version] = [headers.ce_stream, Number(headers.ce_streamversion)];
    const has = versions.get(stream) ?? 0;
    assert.ok(version <= has + 1, `${stream} is at ${has} and ${version} comes`);
    versions.set(stream, Math.max(has, version));
  }
};

/** The rows of a log's decisions. */
export const pursesIn = (partitions: readonly (readonly LogRecord[])[]) => {
  const recorded = partitions.flatMap((records, partition) =>
    records.map((record): Recorded => {
      const decoded = pursesCodec.decode(record);
      assert.ok(decoded.outcome === 'event');
      return { event: decoded.event, partition, offset: record.offset };
    }),
  );
  return foldProjection(pursesProjection, recorded).get('purses') ?? new Map();
};

/** Runs a relay until nothing is left to send. */
export const relayAll = async (parts: Omit<OutboxRelay, 'topics' | 'logger'>): Promise<void> => {
  const relay = { ...parts, topics: [pursesTopic], logger: silentLogger };
  const stop = new AbortController();
  const finished = async (): Promise<void> => {
    if ((await outboxLag(relay)).every(({ records }) => records === 0n)) stop.abort();
  };
  const checkpoints: OutboxRelay['checkpoints'] = {
    ...relay.checkpoints,
    transactTogether: async (consumer, places, work) => {
      const moved = await relay.checkpoints.transactTogether(consumer, places, work);
      await finished();
      return moved;
    },
  };
  await finished();
  await runOutboxRelay({ ...relay, checkpoints }, stop.signal);
};

export const relayDecisions = (open: OpenEventStore): void => {
  it('hands what it stores to the relay: the same records, in the order of their streams', async (t) => {
    const { store, source, checkpoints } = await open(t);
    const log = memoryLog([pursesTopic]);
    await makeDecisions(deciding(store), 20);
    const before = await outboxLag({ source, checkpoints, topics: [pursesTopic] });
    const waiting = before.filter(({ records }) => records > 0n);
    assert.ok(waiting.length > 0 && waiting.every(({ sinceMs }) => sinceMs !== undefined));
    const progress = consumerProgress();
    await relayAll({ source, checkpoints, log, progress });

    const sent = await recordsIn(log);
    const stored = await recordsIn(source);
    assert.deepEqual(plain(sent), plain(stored));
    assertNoGap(sent);
    const { recordsRead, elsewhere, transientWaits } = progress;
    assert.deepEqual([recordsRead, elsewhere, transientWaits], [sent.flat().length, 0, 0]);
    const after = await outboxLag({ source, checkpoints, topics: [pursesTopic] });
    assert.ok(after.every(({ records, sinceMs }) => records === 0n && sinceMs === undefined));
    for (const purse of purses) {
      const { state, version } = await stateOf(store, purseRules, purseStream(purse));
      const row = pursesIn(sent).get(purse);
      assert.deepEqual([row?.cents, row?.stream_version], [BigInt(state.cents), version]);
    }
  });

  it('has the checkpoints of the outbox relay from the beginning, each by itself', async (t) => {
    const { checkpoints } = await open(t);
    const at = { topic: pursesTopic.name, partition: 2 };
    assert.equal(await checkpoints.position(outboxRelay, at), 0n);
    await checkpoints.transact(outboxRelay, at, (tx) => tx.advance(5n, counted(5)));
    assert.equal(await checkpoints.position(outboxRelay, at), 5n);
    assert.equal(await checkpoints.position(outboxRelay, { ...at, partition: 3 }), 0n);
  });

  it('is made again from the log alone, row by row, and goes on from there', async (t) => {
    const { store, source, checkpoints, rows, drop } = await open(t);
    const log = memoryLog([pursesTopic]);
    await makeDecisions(deciding(store), 30);
    await relayAll({ source, checkpoints, log });
    await sendAgain(log);
    const before = await rows();
    await drop();
    assert.notDeepEqual(await rows(), before);
    const restored = await rebuildStreams({ log, ...rebuilding, store });
    assert.deepEqual(await rows(), before);
    assert.partialDeepStrictEqual(restored, { streams: 6, commands: 54, contested: [] });

    const { version } = await store.load(purseStream('a'));
    assert.equal(howOf(await handleCommand(deciding(store), moveCoins('a', 'b', 1), by('0'))), 'known');
    const next = purseCommand({ do: 'put', purse: 'a', cents: 1 });
    assert.equal(howOf(await handleCommand(deciding(store), next, by('after'))), 'recorded');
    await relayAll({ source, checkpoints, log });
    assertNoGap(await recordsIn(log));
    assert.equal(pursesIn(await recordsIn(log)).get('a')?.stream_version, version + 1);
  });

  it('is made from the log with whose each stream is', async (t) => {
    const { store, source, checkpoints, drop } = await open(t);
    const log = memoryLog([pursesTopic]);
    for (const [purse, organisation] of [
      ['a', 'acme'],
      ['b', 'default'],
    ] as const) {
      const command = purseCommand({ do: 'open', purse });
      assert.equal(howOf(await handleCommand(deciding(store), command, by('c1', { organisation }))), 'recorded');
    }
    await relayAll({ source, checkpoints, log });
    const records = (await recordsIn(log)).flat();
    const without = (stream: string) =>
      records.map(({ headers: { ce_organisation: organisation = '', ...headers }, ...one }) => ({
        ...{ topic: pursesTopic.name, ...one },
        headers: headers.ce_stream === stream ? headers : { ...headers, ce_organisation: organisation },
      }));
    await drop();
    const older = memoryLog([pursesTopic]);
    await older.append(without('purse-b'));
    await rebuildStreams({ log: older, ...rebuilding, store });
    const [a, b] = [await store.load('purse-a'), await store.load('purse-b')];
    assert.deepEqual([a.organisation, b.organisation], ['acme', 'default'], 'older records name none');
    const mixed = memoryLog([pursesTopic]);
    await mixed.append(without('purse-b'));
    await mixed.append(without('').map((one) => ({ ...one, headers: { ...one.headers, ce_organisation: 'other' } })));
    await assert.rejects(rebuildStreams({ log: mixed, ...rebuilding, store, replace: true }), /two organisations/);
  });

  it('is not made from a log with a hole, nor over what is there unless that is to be replaced', async (t) => {
    const { store, source, checkpoints, drop, rows } = await open(t);
    const log = memoryLog([pursesTopic]);
    await makeDecisions(deciding(store), 5);
    await relayAll({ source, checkpoints, log });
    const rebuild = (from: Pick<Log, 'positions' | 'read'>, replace = false) =>
      rebuildStreams({ log: from, ...rebuilding, store, replace });
    await assert.rejects(rebuild(log), /not empty/);
    const holed = memoryLog([pursesTopic]);
    const missing = ({ headers }: LogRecord): boolean =>
      headers.ce_stream === 'purse-b' && headers.ce_streamversion === '2';
    for (const records of await recordsIn(log)) {
      await holed.append(records.filter((one) => !missing(one)).map((one) => ({ topic: pursesTopic.name, ...one })));
    }
    const before = await rows();
    await assert.rejects(rebuild(holed, true), /purse-b/);
    assert.deepEqual(await rows(), before, 'what could not be replaced is there');
    await rebuild(log, true);
    assert.deepEqual(await rows(), before);
    await drop();
    await assert.rejects(rebuild(holed), /purse-b/);
    assert.deepEqual(await store.load('purse-a'), { version: 0, organisation: undefined, events: [] });
    await rebuild(log);
    assert.ok((await store.load('purse-b')).version >= 2);
  });
};

/** As a relay does that crashed before it could note what it had sent. */
const sendAgain = async (log: MemoryLog): Promise<void> => {
  for (const records of await recordsIn(log)) {
    await log.append(records.slice(-3).map((record) => ({ topic: pursesTopic.name, ...record })));
  }
};

const plain = (partitions: readonly (readonly LogRecord[])[]): unknown =>
  partitions.map((records) => records.map((record) => ({ ...record, value: [...record.value] })));
