import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Build,
  buildOf,
  foldProjection,
  nameOfBuild,
  type Projection,
  type Recorded,
  tablesOf,
} from '@plenum/read-model';
import { ConsumerGone } from '../consumer/checkpoint-store.ts';
import { type ConsumerProgress, consumerProgress } from '../consumer/progress.ts';
import { TransientFailure } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { memoryLog } from '../testing/memory-log.ts';
import { type MemoryFailures, memoryReadModelStore } from '../testing/memory-read-model-store.ts';
import { thingSaid, thingsCodec, thingsProjection, thingsTopic } from '../testing/sample-things.ts';
import { rebuildProjection } from './rebuild-projection.ts';
import { runBuilds } from './run-builds.ts';

const { generation: _, ...projection } = thingsProjection;
const [first, second] = [buildOf(projection, 1), buildOf(projection, 2)];
const later: Projection = { ...projection, version: 2 };
const broken: Projection = {
  ...later,
  entry: () => {
    throw new Error('a bug in version 2');
  },
};

describe('a build beside the one that queries see', () => {
  it('is made while the live one goes on, and takes its place once it has everything', async () => {
    const { log, store, run, states } = world();
    await log.append(said(0, 60));
    const held = gate();
    const live = run({ store: held.before(store, second) });
    await until(() => store.counters(first).read === 60);
    await store.prepare(second, partitions);
    await held.reached;
    await log.append(said(60, 100));
    await until(() => store.counters(first).read === 100);
    assert.equal(store.counters(second).read, 0);
    assert.equal(live.progress.get('things')?.recordsRead, 100);
    held.open();
    await until(async () => (await states()) === 'g1 dropped, g2 active');
    await log.append(said(100, 120));
    await until(() => live.progress.get('things')?.recordsRead === 120);
    await live.end();
    assert.deepEqual(rowsIn(store, second), await foldOf(log));
  });

  it('is a raised version, and the version before stays live until then', async () => {
    const { log, store, run, states } = world();
    await log.append(said(0, 60));
    await store.prepare(first, partitions);
    const held = gate();
    const raised = buildOf(later);
    const live = run({ projections: [{ ...later, before: projection }], store: held.before(store, raised) });
    await held.reached;
    await until(() => store.counters(first).read === 60);
    assert.equal(await states(), 'g1 active, v2 g1 building');
    held.open();
    await until(async () => (await states()) === 'g1 dropped, v2 g1 active');
    await live.end();
    assert.deepEqual(live.warnings, []);
    assert.deepEqual(rowsIn(store, raised), await foldOf(log));
  });

  it('is a raised version that does not know the one before, which stays as it is, and that is said', async () => {
    const { log, store, run, states } = world();
    await log.append(said(0, 60));
    await store.prepare(first, partitions);
    const held = gate();
    const live = run({ projections: [later], store: held.before(store, buildOf(later)) });
    await held.reached;
    assert.equal(store.counters(first).read, 0);
    assert.match(live.warnings.join(), /nobody projects it/);
    held.open();
    await until(async () => (await states()) === 'g1 dropped, v2 g1 active');
    await live.end();
  });

  it('is active at once when the log is empty', async () => {
    const { store, run, states } = world();
    const live = run();
    await until(async () => (await states()) === 'g1 active');
    await store.prepare(second, partitions);
    await until(async () => (await states()) === 'g1 dropped, g2 active');
    await live.end();
  });

  it('ends quietly when it is given up, and the next one has another number', async () => {
    const { log, store, run, states } = world();
    await log.append(said(0, 60));
    const held = gate();
    const live = run({ store: held.before(store, second) });
    await until(async () => (await states()) === 'g1 active');
    await store.prepare(second, partitions);
    await held.reached;
    await store.retire(second);
    held.open();
    await until(async () => (await states()) === 'g1 active, g2 dropped');
    await assert.rejects(store.prepare(second, partitions), ConsumerGone);
    const third = await rebuildProjection({ ...live.parts, declared: projection }, never);
    assert.equal(nameOfBuild(third), 'things_v1_g3');
    await live.end();
    assert.deepEqual(rowsIn(store, third), await foldOf(log));
  });

  it('ends an older program for this projection, and keeps it from starting again', async () => {
    const { log, run, states } = world();
    await log.append(said(0, 20));
    const older = run();
    await until(async () => (await states()) === 'g1 active');
    const newer = run({ projections: [later] });
    await until(async () => (await states()) === 'g1 dropped, v2 g1 active');
    await newer.end();
    await older.end();
    await assert.rejects(run().ended, /at version 2 here, and this program has version 1/);
  });

  it('stands still when it cannot go on, which is said once, and the live one goes on', async () => {
    const { log, store, run, states } = world();
    await log.append(said(0, 60));
    await store.prepare(first, partitions);
    const live = run({ projections: [{ ...broken, before: projection }] });
    await until(() => live.errors.length > 0);
    await until(() => store.counters(first).read === 60);
    await log.append(said(60, 100));
    await until(() => store.counters(first).read === 100);
    assert.equal(await states(), 'g1 active, v2 g1 building');
    await live.end();
    assert.deepEqual(live.errors.length, 1);
    assert.match(live.errors.join(), /the live tables go on things 2 1 Error: a bug in version 2/);
    const mended = run({ projections: [{ ...later, before: projection }] });
    await until(async () => (await states()) === 'g1 dropped, v2 g1 active');
    await mended.end();
    assert.deepEqual(mended.errors, []);
  });

  it('stands still when it cannot be prepared or shown', async () => {
    for (const what of ['prepare', 'activate'] as const) {
      const { log, store, run, states } = world();
      await log.append(said(0, 60));
      await store.prepare(first, partitions);
      const refuse = async (build: Build): Promise<never> => assert.fail(`no ${what} of ${nameOfBuild(build)}`);
      const refusing: ReadModelStore = {
        ...store,
        [what]: (build: Build, more: never) => (build.version === 2 ? refuse(build) : store[what](build, more)),
      };
      const live = run({ projections: [{ ...later, before: projection }], store: refusing });
      await until(() => live.errors.length > 0 && store.counters(first).read === 60);
      await log.append(said(60, 100));
      await until(() => store.counters(first).read === 100);
      await live.end();
      assert.match(live.errors.join(), new RegExp(`^a build that queries do not see.* no ${what} of things_v2_g1$`));
      assert.match(await states(), /^g1 active/);
    }
  });

  it('ends a program that cannot make it when another has', async () => {
    const { log, store, run } = world();
    await log.append(said(0, 60));
    await store.prepare(first, partitions);
    const unable = run({ projections: [{ ...broken, before: projection }] });
    await until(() => unable.errors.length > 0);
    const able = run({ projections: [{ ...later, before: projection }] });
    await assert.rejects(unable.ended, /a bug in version 2/);
    await able.end();
  });

  it('of a later version leaves the live tables to the program of before, which it does not refuse', async () => {
    const { log, store, run, states } = world();
    await store.prepare(first, partitions);
    await store.prepare(buildOf(later), partitions);
    await log.append(said(0, 60));
    const older = run();
    await until(() => store.counters(first).read === 60);
    assert.match(older.warnings.join(), /a later version is being built/);
    await store.retire(buildOf(later));
    await until(async () => (await states()) === 'g1 active, v2 g1 dropped');
    await older.end();
  });

  it('is not shown while it parks more, which is said once, and is when that is mended', async () => {
    let refuses = false;
    const { log, store, run, states } = world({ refuses: () => refuses });
    await log.append(said(0, 60));
    const live = run();
    await until(() => store.counters(first).read === 60);
    refuses = true;
    await store.prepare(second, partitions);
    const told = (): readonly string[] => live.errors.filter((error) => error.includes('parks more'));
    await until(() => told().length > 0);
    for (let turns = 0; turns < 1_000; turns += 1) await turn();
    assert.equal(await states(), 'g1 active, g2 building');
    assert.equal(told().length, 1);
    assert.match(told().join(), /things 1 2 things_v1_g2 parks 60 records, and what queries see parks 0 records$/);
    await live.end();
    refuses = false;
    const mended = run();
    await until(async () => (await states()) === 'g1 dropped, g2 active');
    await mended.end();
    assert.deepEqual(mended.errors, []);
    assert.deepEqual(store.parked(second), []);
  });
});

describe('rebuilding a projection', () => {
  it('works without a projector, and says how far it is', async () => {
    const { log, store, parts, states } = world();
    await log.append(said(0, 50));
    await store.prepare(first, partitions);
    const seen: number[] = [];
    const onProgress = ({ records, of }: { records: number; of: number }): void => void seen.push(records / of);
    const build = await rebuildProjection({ ...parts, declared: projection, onProgress }, never);
    assert.equal(await states(), 'g1 dropped, g2 active');
    assert.equal(seen.at(-1), 1);
    assert.deepEqual(rowsIn(store, build), await foldOf(log));
  });

  it('is one build when it is asked for twice at once', async () => {
    const { log, parts, run, states } = world();
    await log.append(said(0, 50));
    const live = run();
    await until(async () => (await states()) === 'g1 active');
    const asked = [1, 2].map(() => rebuildProjection({ ...parts, declared: projection }, never));
    const names = (await Promise.all(asked)).map(nameOfBuild);
    assert.deepEqual(names, ['things_v1_g2', 'things_v1_g2']);
    assert.equal(await states(), 'g1 dropped, g2 active');
    await live.end();
  });

  it('is brought to its end by projectors when the one who asked is gone', async () => {
    const { log, store, parts, run, states } = world();
    await log.append(said(0, 50));
    const live = run();
    await until(async () => (await states()) === 'g1 active');
    const gone = new AbortController();
    const held = gate();
    const asked = rebuildProjection({ ...parts, store: held.before(store, second), declared: projection }, gone.signal);
    await held.reached;
    gone.abort(new Error('killed'));
    held.open();
    await assert.rejects(asked, /killed/);
    await until(async () => (await states()) === 'g1 dropped, g2 active');
    await live.end();
    assert.deepEqual(rowsIn(store, second), await foldOf(log));
  });

  it('rejects when the build parks more, and goes on with it when that is mended or accepted', async () => {
    for (const way of ['mended', 'accepted']) {
      let refuses = false;
      const { log, store, parts, run, states } = world({ refuses: () => refuses });
      await log.append(said(0, 50));
      const live = run();
      await until(() => store.counters(first).read === 50);
      await live.end();
      refuses = true;
      const given = { ...parts, logger: { ...parts.logger, error: () => undefined }, declared: projection };
      const asked = (): Promise<Build> => rebuildProjection(given, never);
      await assert.rejects(asked(), /things_v1_g2 parks 50 records, and what queries see parks 0 records/);
      await assert.rejects(asked(), /parks 50 records/);
      assert.equal(await states(), 'g1 active, g2 building');
      refuses = way === 'accepted';
      await rebuildProjection({ ...given, acceptParked: way === 'accepted' }, never);
      assert.equal(await states(), 'g1 dropped, g2 active');
      assert.equal(store.parked(second).length, way === 'accepted' ? 50 : 0);
    }
  });

  it('is done though the old tables cannot be dropped in this moment', async () => {
    const { log, store, parts, states } = world();
    await log.append(said(0, 50));
    await store.prepare(first, partitions);
    const busy = {
      ...store,
      dropRetired: async (): Promise<never> => {
        throw new TransientFailure('57P01', 'the server restarts');
      },
    };
    await rebuildProjection({ ...parts, store: busy, declared: projection }, never);
    assert.equal(await states(), 'g1 retired, g2 active');
  });

  it('rejects when it is given up, and when there is nothing of its version', async () => {
    const { log, store, parts } = world();
    await assert.rejects(rebuildProjection({ ...parts, declared: projection }, never), /was never projected here/);
    await log.append(said(0, 50));
    await store.prepare(first, partitions);
    await assert.rejects(rebuildProjection({ ...parts, declared: later }, never), /is at version 1 here/);
    const held = gate();
    const asked = rebuildProjection({ ...parts, store: held.before(store, second), declared: projection }, never);
    await held.reached;
    await store.retire(second);
    await store.dropRetired();
    held.open();
    await assert.rejects(asked, ConsumerGone);
  });
});

const never = new AbortController().signal;
const partitions = [0, 1].map((partition) => ({ topic: thingsTopic.name, partition }));
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const world = (failures: MemoryFailures = {}) => {
  const log = memoryLog([thingsTopic]);
  const store = memoryReadModelStore(failures);
  const topics = [{ ...thingsTopic, config: {} as never }]; // Nobody asks for it here.
  const quiet = (): void => undefined;
  const logger = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (_: object, message: string) => assert.fail(message),
  };
  const parts = { log, store, codec: thingsCodec, topics, logger, recordsMax: 7, pause: turn, lookAgain: turn };
  const states = async (): Promise<string> =>
    (await store.builds())
      .map(({ version, generation, state }) => `${version === 1 ? '' : `v${version} `}g${generation} ${state}`)
      .join(', ');
  const run = (more: { projections?: readonly Projection[]; store?: ReadModelStore } = {}) => {
    const stopping = new AbortController();
    const progress = new Map<string, ConsumerProgress>([['things', consumerProgress()]]);
    const warnings: string[] = [];
    const warn = (_: object, message: string): void => void warnings.push(message);
    const errors: string[] = [];
    const error = (fields: object, message: string): void =>
      void errors.push(`${message} ${Object.values(fields).join(' ')}`);
    const given = { ...parts, projections: [projection], progress, ...more, logger: { ...logger, warn, error } };
    const ended = runBuilds(given, stopping.signal);
    const end = (): Promise<void> => {
      stopping.abort();
      return ended;
    };
    return { parts, progress, warnings, errors, ended, end };
  };
  return { log, store, parts, run, states };
};

/** Holds up the transactions of one build until it is opened. */
const gate = () => {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    before: (store: ReadModelStore, build: Build): ReadModelStore => ({
      ...store,
      transactTogether: async (of, places, work) => {
        if (nameOfBuild(of) === nameOfBuild(build)) {
          reached.resolve();
          await opened.promise;
        }
        return store.transactTogether(of, places, work);
      },
    }),
  };
};

/** Turns of the event loop, not time: everything here is in memory. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turns = 0; !(await holds()); turns += 1) {
    assert.ok(turns < 100_000, 'it never came about');
    await turn();
  }
};

const said = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).map((id) =>
    thingsCodec.encode(thingSaid(id, { thing: `t${id % 5}`, value: id / 7, timeUs: ((id * 37) % 100) * 1_000_000 })),
  );

const rowsIn = (store: ReturnType<typeof memoryReadModelStore>, of: Build) =>
  new Map(tablesOf(of).map(({ name }) => [name, new Map([...store.rows(of, name)].sort(byKey))]));

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const foldOf = async (log: Log) => {
  const events: Recorded[] = [];
  for (const { partition, first: from, next } of await log.positions(thingsTopic.name)) {
    for await (const batch of log.read({ topic: thingsTopic.name, partition, from, to: next })) {
      for (const record of batch.records) {
        const decoded = thingsCodec.decode(record);
        if (decoded.outcome === 'event') events.push({ event: decoded.event, partition, offset: record.offset });
      }
    }
  }
  return new Map([...foldProjection(projection, events)].map(([name, rows]) => [name, new Map([...rows].sort(byKey))]));
};
