/** A version that is missing: the projector parks its key, and every replay comes to the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Event, partitionOf } from '@plenum/event';
import { foldProjection, type Recorded } from '@plenum/read-model';
import fc from 'fast-check';
import { projectBatch } from './project-batch.ts';
import { endsOf, foldTo } from './replay/fold-to.ts';
import { memoryLog } from './testing/memory-log.ts';
import { memoryReadModelStore } from './testing/memory-read-model-store.ts';
import { CoinsPut, purseStream, pursesCodec, pursesProjection, pursesTopic } from './testing/sample-purses.ts';

type Version = readonly [purse: string, version: number];

const put = ([purse, version]: Version): Event => ({
  id: `00000000-0000-7000-8000-0000000000${purse}${version}`, // Purses have hexadecimal names.
  type: CoinsPut.type,
  source: purseStream(purse),
  effectiveTimeUs: 0,
  recordedTimeUs: 0,
  data: { purse, cents: version },
  decision: { stream: purseStream(purse), version, organisation: 'default', commandId: `${version}` },
});

/** What comes of a log with these events, in batches of these sizes; `parked`: purse, version, code, in log order. */
const projected = async (versions: readonly Version[], sizes: readonly number[]) => {
  const log = memoryLog([pursesTopic]);
  await log.append(versions.map((version) => pursesCodec.encode(put(version))));
  const store = memoryReadModelStore();
  const ends = await log.positions(pursesTopic.name);
  await store.prepare(
    pursesProjection,
    ends.map(({ partition }) => ({ topic: pursesTopic.name, partition })),
  );
  let turn = 0;
  for (const { partition, next } of ends) {
    for (let at = 0n; at < next; ) {
      const to = at + BigInt(sizes[turn++ % sizes.length] ?? 1);
      for await (const batch of log.read({ topic: pursesTopic.name, partition, from: at, to: to < next ? to : next })) {
        at = (await projectBatch({ store, codec: pursesCodec, projection: pursesProjection }, batch)).next;
      }
    }
  }
  const parked = store.parked(pursesProjection).map(({ eventId, code }) => `${eventId?.slice(-2)} ${code}`);
  return { log, store, parked, rows: store.rows(pursesProjection, 'purses') };
};

describe('a version gap', () => {
  it('parks its key and nothing else, and what is missing does not help when it comes late', async () => {
    const versions: readonly Version[] = [
      ['a', 1],
      ['b', 1],
      ['a', 3],
      ['a', 2],
      ['b', 2],
      ['b', 1],
      ['b', 3],
      ['a', 4],
    ];
    for (const sizes of [[100], [1], [2, 3]]) {
      const { parked, rows } = await projected(versions, sizes);
      assert.deepEqual(parked, ['a3 gap', 'a2 behind', 'a4 behind']);
      assert.deepEqual([rows.get('a')?.stream_version, rows.get('b')?.stream_version], [1, 3]);
      assert.deepEqual([rows.get('a')?.cents, rows.get('b')?.cents], [1n, 6n]);
    }
  });

  it('says in the parked record what is missing', async () => {
    const { store } = await projected(
      [
        ['a', 1],
        ['a', 4],
      ],
      [9],
    );
    const [first] = store.parked(pursesProjection);
    assert.equal(
      first?.reason,
      `${purseStream('a')} is at version 1 and version 4 has come: what is between them is missing`,
    );
  });

  it('comes to the same in the projector, in a replay and in a fold', async () => {
    const aVersion = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 4 }));
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(aVersion, { maxLength: 40 }), sizes, async (versions, cuts) => {
        const { log, rows, parked } = await projected(versions, cuts);
        const replay = { log, codec: pursesCodec, projection: pursesProjection };
        const replayed = await foldTo(replay, await endsOf(replay));
        assert.deepEqual(replayed.get('purses'), rows);
        // Offsets count within a partition, so a fold that was given none has to be given them.
        const offsets = new Map<number, bigint>();
        const recorded = versions.map((version): Recorded => {
          const partition = partitionOf(purseStream(version[0]), pursesTopic.partitions);
          const offset = offsets.get(partition) ?? 0n;
          offsets.set(partition, offset + 1n);
          return { event: put(version), partition, offset };
        });
        assert.deepEqual(foldProjection(pursesProjection, recorded).get('purses'), rows);
        assert.deepEqual(parked.filter((one) => one.endsWith('gap')).sort(), gapsIn(versions));
      }),
      { numRuns: 200 },
    );
  });
});

/** The first event of every purse that does not follow what came before. */
const gapsIn = (versions: readonly Version[]): readonly string[] => {
  const has = new Map<string, number>();
  const gaps = new Map<string, string>();
  for (const [purse, version] of versions) {
    const at = has.get(purse) ?? 0;
    if (gaps.has(purse)) continue;
    if (version > at + 1) gaps.set(purse, `${purse}${version} gap`);
    else has.set(purse, Math.max(at, version));
  }
  return [...gaps.values()].sort();
};
