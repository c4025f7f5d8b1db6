import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Build, foldProjection, tablesOf } from '@plenum/read-model';
import { TransientFailure } from '../errors.ts';
import type { NewRecord } from '../log.ts';
import type { Logger } from '../ports.ts';
import { type Projector, projectBatch, retryRecords } from '../project-batch.ts';
import { rowCache } from '../row-cache.ts';
import { type MemoryLog, memoryLog } from '../testing/memory-log.ts';
import { type MemoryReadModelStore, memoryReadModelStore } from '../testing/memory-read-model-store.ts';
import { thingSaid, thingsCodec, thingsProjection } from '../testing/sample-things.ts';
import { type RetryParked, retryParked } from './retry-parked.ts';

const projection = thingsProjection;
const at = { topic: 'things', partition: 0 };

/** The same projection by a program that takes what the one before refused. */
const mended: Build = {
  ...projection,
  entry: (recorded) => {
    const row = projection.entry(recorded) as { readonly note?: string } | undefined; // A row of its ledger.
    return row?.note === poison ? { ...row, note: '{}' } : row;
  },
};

const poison = 'no JSON';

describe('what is parked', () => {
  it('goes on in the order of the log once it is taken, in as many transactions as it needs', async () => {
    const there = await world([
      said(0, 'a'),
      said(1, 'a', poison),
      said(2, 'b'),
      ...Array.from({ length: 20 }, (_, n) => said(3 + n, 'a')),
    ]);
    await there.project(projection);
    assert.equal(there.store.counters(projection).parked, 21);
    assert.deepEqual(await there.retry(mended), ['info a key that was parked goes on']);
    assert.deepEqual(there.store.parked(projection), []);
    assert.deepEqual(there.store.counters(projection), {
      read: 23,
      applied: 23,
      duplicates: 0,
      notForIt: 0,
      parked: 0,
    });
    assert.deepEqual(there.rows(), await there.fold(mended));
  });

  it('stays as it is where it is refused again, and that costs one record of each key', async () => {
    const there = await world([said(0, 'a', poison), said(1, 'a'), said(2, 'a'), said(3, 'b', poison)]);
    await there.project(projection);
    const before = there.store.parked(projection);
    const warnings = await there.retry(projection);
    assert.deepEqual(warnings, Array(2).fill('warn a key is still parked: it was refused again'));
    assert.deepEqual(there.store.parked(projection), before);
    assert.equal(there.recordsTried(), 2);
  });

  it('is released up to the next record that is refused, which it is then parked for', async () => {
    const there = await world([said(0, 'a', poison), said(1, 'a'), said(2, 'a', 'no JSON either'), said(3, 'a')]);
    await there.project(projection);
    await there.retry(mended);
    assert.deepEqual(
      there.store.parked(projection).map(({ offset }) => offset),
      [2n, 3n],
    );
    assert.deepEqual(await there.store.parkedKeys(projection), [{ ...at, key: 'a', from: 2n }]);
    const { applied, parked } = there.store.counters(projection);
    assert.deepEqual({ applied, parked }, { applied: 2, parked: 2 });
  });

  it('is not counted twice when two members try it, and nothing that comes meanwhile passes it', async () => {
    const there = await world([said(0, 'a', poison), ...Array.from({ length: 9 }, (_, n) => said(1 + n, 'a'))]);
    await there.project(projection);
    const more = there.log.append([said(10, 'a'), said(11, 'a')]).then(() => there.project(mended));
    await Promise.all([there.retry(mended), there.retry(mended), more]);
    await there.retry(mended);
    assert.deepEqual(there.rows(), await there.fold(mended));
    assert.equal(there.store.counters(projection).applied, 12);
  });

  it('is in the rows of a member that remembers them as they were before', async () => {
    const there = await world([said(0, 'a'), said(1, 'a', poison), said(2, 'a')]);
    const cache = rowCache();
    await there.project(projection, { cache });
    await there.retry(mended);
    await there.log.append([said(3, 'a')]);
    await there.project(mended, { cache });
    assert.deepEqual(there.rows(), await there.fold(mended));
  });
});

const said = (n: number, thing: string, note?: string): NewRecord => {
  const event = thingSaid(n, { thing, value: 0.1 + n, timeUs: n * 1_000, ...(note === undefined ? {} : { note }) });
  return { ...thingsCodec.encode(event), topic: at.topic };
};

const world = async (records: readonly NewRecord[]) => {
  const log = memoryLog([{ name: at.topic, partitions: 1 }]);
  const store = memoryReadModelStore();
  await store.prepare(projection, [at]);
  await log.append(records);
  let tried = 0;
  return {
    log,
    store,
    project: async (of: Build, more: Partial<Projector> = {}) => projectAll(log, store, of, more),
    /** Settles with what was logged. */
    retry: async (of: Build): Promise<readonly string[]> => {
      const lines: string[] = [];
      const codec: Projector['codec'] = {
        ...thingsCodec,
        decode: (record) => {
          tried += 1;
          return thingsCodec.decode(record);
        },
      };
      const parts: RetryParked = {
        ...{ consumer: of, fields: { projection: of.name }, checkpoints: store, log },
        ...{ logger: loggerInto(lines), recordsMax: 6, patient: untilDone },
        retry: (parked) => retryRecords({ store, projection: of, codec }, parked),
      };
      await retryParked(parts, new AbortController().signal);
      return lines;
    },
    recordsTried: () => tried,
    rows: () => new Map(tablesOf(projection).map(({ name }) => [name, sorted(store.rows(projection, name))])),
    fold: async (of: Build) => {
      const recorded = [];
      for await (const { records: read } of log.read({ ...at, from: 0n, to: 1_000n })) {
        for (const record of read) {
          const decoded = thingsCodec.decode(record);
          if (decoded.outcome === 'event') recorded.push({ event: decoded.event, partition: 0, offset: record.offset });
        }
      }
      return new Map([...foldProjection(of, recorded)].map(([name, rows]) => [name, sorted(rows)]));
    },
  };
};

const projectAll = async (
  log: MemoryLog,
  store: MemoryReadModelStore,
  of: Build,
  more: Partial<Projector>,
): Promise<void> => {
  const to = (await log.positions(at.topic))[0]?.next ?? 0n;
  const from = await store.position(of, at);
  for await (const batch of log.read({ ...at, from, to })) {
    await projectBatch({ store, codec: thingsCodec, projection: of, ...more }, batch);
  }
};

const sorted = (rows: ReadonlyMap<string, unknown>) => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));

/** As a patient loop does: a transaction that was overtaken is tried again. */
const untilDone: RetryParked['patient'] = async (work) => {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }
  return work();
};

const loggerInto = (lines: string[]): Logger => {
  const line =
    (level: string) =>
    (_: object, message: string): void =>
      void lines.push(`${level} ${message}`);
  return { debug: () => undefined, info: line('info'), warn: line('warn'), error: line('error') };
};
