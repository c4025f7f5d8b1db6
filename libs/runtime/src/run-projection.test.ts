import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Build, foldProjection, type Recorded, tablesOf } from '@plenum/read-model';
import { consumerProgress } from './consumer/progress.ts';
import { TransientFailure } from './errors.ts';
import type { Log } from './log.ts';
import type { Logger } from './ports.ts';
import type { ReadModelStore } from './read-model-store.ts';
import { type RunProjection, runProjection } from './run-projection.ts';
import { memoryLog } from './testing/memory-log.ts';
import { type MemoryFailures, memoryReadModelStore } from './testing/memory-read-model-store.ts';
import { thingSaid, thingsCodec, thingsProjection, thingsTopic } from './testing/sample-things.ts';

const projection = thingsProjection;

describe('runProjection', () => {
  it('brings a projection up to the head of the log, keeps it there, and stops when asked', async () => {
    const { log, store, parts, start } = world();
    await log.append(said(0, 40));
    const run = start(parts);
    await run.projected(40);
    await log.append(said(40, 90));
    await run.projected(90);
    await run.end();
    assert.deepEqual(rowsIn(store), await foldOf(log));
    const { recordsRead, transientWaits, lag } = run.progress;
    assert.deepEqual({ recordsRead, transientWaits }, { recordsRead: 90, transientWaits: 0 });
    assert.deepEqual([...lag.values()], [0n, 0n]);
  });

  it('waits for a transient failure to pass at every step, says so, and loses nothing', async () => {
    const strikes: ('before' | 'after')[] = ['before', 'before', 'before', 'after'];
    const { log, store, parts, start } = world({ atCommit: () => strikes.shift() ?? 'none' });
    const refusals = new Map<string, number>([
      ['prepare', 2],
      ['position', 3],
    ]);
    const stormy = {
      ...store,
      prepare: stormily(refusals, 'prepare', store.prepare),
      position: stormily(refusals, 'position', store.position),
    };
    await log.append(said(0, 50));
    const run = start({ ...parts, store: stormy });
    await run.projected(50);
    await run.end();
    assert.equal(run.progress.transientWaits, 2 + 3 + 4);
    assert.equal(run.warnings.length, 9);
    assert.deepEqual(rowsIn(store), await foldOf(log));
    assert.deepEqual([store.counters(projection).parked, store.counters(projection).read], [0, 50]);
  });

  it('stops while it waits for a transient failure to pass', async () => {
    const { log, store, parts, start } = world({ atCommit: () => 'before' });
    await log.append(said(0, 5));
    const run = start({ ...parts, pause: async () => run.stop() });
    await run.ended;
    assert.equal(store.counters(projection).read, 0);
  });

  it('says of every key that it parks which record was refused and why', async () => {
    const { log, parts, start } = world();
    const [refused = assert.fail()] = said(3, 4).map((record) => ({ ...record, key: 'odd', value: Buffer.from('{') }));
    await log.append([...said(0, 3), refused, { ...refused }]);
    const lines: object[] = [];
    const run = start(parts, (fields) => void lines.push(fields));
    await run.projected(5);
    await run.end();
    assert.equal(lines.length, 1);
    assert.partialDeepStrictEqual(lines, [{ projection: 'things', topic: 'things', key: 'odd', code: 'undecodable' }]);
  });

  it('tries again at the start what a program before it parked', async () => {
    const { log, store, parts, start } = world();
    await log.append([...said(0, 9).map((record) => ({ ...record, headers: { odd: 'yes' } }))]);
    const decode: typeof thingsCodec.decode = (record) =>
      record.headers.odd === 'yes' ? { outcome: 'undecodable', reason: 'odd' } : thingsCodec.decode(record);
    const before = start({ ...parts, codec: { ...thingsCodec, decode } }, () => undefined);
    await before.projected(9);
    await before.end();
    assert.equal(store.counters(projection).parked, 9);
    const after = start(parts);
    for (let turns = 0; store.parked(projection).length > 0; turns += 1) {
      assert.ok(turns < 100_000);
      await soon();
    }
    await after.end();
    assert.deepEqual(rowsIn(store), await foldOf(log));
  });

  it('ends with the error when it meets a bug', async () => {
    const { log, parts, start } = world();
    const bug = new TypeError('not a function');
    const broken: Build = {
      ...projection,
      entry: () => {
        throw bug;
      },
    };
    await log.append(said(0, 5));
    await assert.rejects(start({ ...parts, projection: broken }).ended, (error) => error === bug);
  });

  it('lets two members share the partitions, and lose them to each other in the middle of a batch', async () => {
    const { log, store, parts, start } = world();
    await log.append(said(0, 100));
    const slow: ReadModelStore = {
      ...store,
      transactTogether: async (of, places, work) => {
        log.movePartitions('things.v1.g1'); // A member that is about to begin is stale from now on.
        return store.transactTogether(of, places, work);
      },
    };
    const runs = [start({ ...parts, store: slow, recordsMax: 7 }), start({ ...parts, recordsMax: 11 })];
    await inLog(store, 100);
    await Promise.all(runs.map((run) => run.end()));
    assert.deepEqual(rowsIn(store), await foldOf(log));
    assert.equal(store.counters(projection).read, 100);
  });

  it('projects several projections at once', async () => {
    const { log, store, parts, start } = world();
    const other: Build = { ...projection, name: 'more_things' };
    await log.append(said(0, 30));
    const runs = [start(parts), start({ ...parts, projection: other })];
    await Promise.all(runs.map((run) => run.projected(30)));
    await Promise.all(runs.map((run) => run.end()));
    assert.deepEqual(rowsIn(store, other), rowsIn(store, projection));
  });
});

/** A log, a store, and runs over them that can be watched and ended. */
const world = (failures: MemoryFailures = {}) => {
  const log = memoryLog([thingsTopic]);
  const store = memoryReadModelStore(failures);
  const parts = { log, store, codec: thingsCodec, projection, topics: [{ ...thingsTopic, config: noConfig }] };
  /** `parked` is called with keys that are parked. Without it none may be. */
  const start = (
    given: Omit<RunProjection, 'logger'>,
    parked: Logger['error'] = (_, message) => assert.fail(message),
  ) => {
    const stopping = new AbortController();
    const progress = consumerProgress();
    const warnings: string[] = [];
    const quiet = (): void => undefined;
    const logger: Logger = {
      debug: quiet,
      info: quiet,
      warn: (_, message) => warnings.push(message),
      error: parked,
    };
    const ended = runProjection({ pause: soon, ...given, progress, logger }, stopping.signal);
    const stop = (): void => stopping.abort();
    return {
      progress,
      warnings,
      ended,
      stop,
      projected: (count: number) => Promise.race([inLog(store, count, given.projection), ended]),
      end: () => {
        stop();
        return ended;
      },
    };
  };
  return { log, store, parts, start };
};

const noConfig = {
  'retention.ms': '-1',
  'cleanup.policy': 'delete',
  'unclean.leader.election.enable': 'false',
  'min.insync.replicas': '1',
  'max.message.bytes': '1000',
};

const soon = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Settles when a projection has read so many records. Turns of the event loop, not time: everything here is in memory. */
const inLog = async (store: ReturnType<typeof memoryReadModelStore>, count: number, of = projection): Promise<void> => {
  for (let turns = 0; store.counters(of).read < count; turns += 1) {
    assert.ok(turns < 100_000, `${store.counters(of).read} of ${count} records after ${turns} turns`);
    await soon();
  }
};

const stormily = <A extends readonly unknown[], T>(
  refusals: Map<string, number>,
  name: string,
  work: (...given: A) => Promise<T>,
): ((...given: A) => Promise<T>) => {
  return async (...given) => {
    const left = refusals.get(name) ?? 0;
    refusals.set(name, left - 1);
    if (left > 0) throw new TransientFailure('08006', `no ${name} now`);
    return work(...given);
  };
};

const said = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).map((id) =>
    thingsCodec.encode(thingSaid(id, { thing: `t${id % 5}`, value: id / 7, timeUs: ((id * 37) % 100) * 1_000_000 })),
  );

const rowsIn = (store: ReturnType<typeof memoryReadModelStore>, of = projection) =>
  new Map(tablesOf(of).map(({ name }) => [name, new Map([...store.rows(of, name)].sort(byKey))]));

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const foldOf = async (log: Log) => {
  const events: Recorded[] = [];
  for (const { partition, first, next } of await log.positions(thingsTopic.name)) {
    for await (const batch of log.read({ topic: thingsTopic.name, partition, from: first, to: next })) {
      for (const record of batch.records) {
        const decoded = thingsCodec.decode(record);
        if (decoded.outcome === 'event') events.push({ event: decoded.event, partition, offset: record.offset });
      }
    }
  }
  return new Map([...foldProjection(projection, events)].map(([name, rows]) => [name, new Map([...rows].sort(byKey))]));
};
