/**
 * Run in a copy of the tree to which a domain was added: its tables are the fold of what its clients have decided, however that
 * comes, with PostGIS and without, and `replay verify` finds the same; and they hold in the simulation.
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { domains, events, projections, topics } from '@plenum/catalogue';
import { type Draw, trafficOf } from '@plenum/domain/testing';
import { postgresReadModelStore, postgresVerificationStore } from '@plenum/postgres';
import { postgisDatabase, silentLogger, type TestDatabase, testDatabase } from '@plenum/postgres/testing';
import { type Build, buildOf } from '@plenum/read-model';
import { issueTo, projectBatch, type TopicPartition, verifyProjection } from '@plenum/runtime';
import { findings, simulate } from '@plenum/runtime/simulation';
import { memoryEventStore, memoryLog } from '@plenum/runtime/testing';
import { seededNumbers } from '@plenum/simulation';

const codec = avroCodec(events);
const decided = topics.filter(({ holds }) => holds === 'decisions');
/** Those of the domains that say what their clients have decided. */
const traffic = await trafficOf(domains);
const commands = 300;
const schedules = 60;

const drawFrom = (seed: number): Draw => {
  const numbers = seededNumbers(seed);
  return { below: (below) => Math.floor(numbers() * below) };
};

/** A log of what was decided, in which a relay has begun again now and then. */
const decidedLog = async (seed: number) => {
  const draw = drawFrom(seed);
  const store = memoryEventStore({ topics: decided, codec, transact: async () => undefined });
  let nowUs = 1_772_615_702_000_000;
  const random = { bytes16: () => Uint8Array.from({ length: 16 }, () => draw.below(256)) };
  const issue = issueTo({ store, random, clock: { nowUs: () => (nowUs += 1_000) } });
  for (let n = 0; n < commands; n += 1) {
    const asked = traffic[draw.below(traffic.length)]?.command(draw);
    if (asked !== undefined) await issue(asked, { id: `c${n}`, trace: {}, reaction: 'clients' });
  }
  const log = memoryLog(topics);
  for (const { name: topic } of decided) {
    for (const { partition, next } of await store.source.positions(topic)) {
      for (let from = 0n; from < next; ) {
        const to = from + 1n + BigInt(draw.below(9));
        for await (const { records } of store.source.read({ topic, partition, from, to: to < next ? to : next })) {
          await log.append(records.map((record) => ({ ...record, topic })));
        }
        from = draw.below(4) === 0 ? BigInt(draw.below(Number(from) + 1)) : to;
      }
    }
  }
  return { log, draw };
};

type DecidedLog = Awaited<ReturnType<typeof decidedLog>>;

const partitionsOf = (build: Build): readonly TopicPartition[] =>
  topics
    .filter(({ name }) => build.topics.includes(name))
    .flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
    );

/** In batches of any size. @returns how many records came to what. */
const projected = async (database: TestDatabase, build: Build, { log, draw }: DecidedLog) => {
  const store = postgresReadModelStore({ pool: database.pool, logger: silentLogger });
  await store.prepare(build, partitionsOf(build));
  const sum = { applied: 0, duplicates: 0, parked: 0 };
  for (const at of partitionsOf(build)) {
    const ends = await log.positions(at.topic);
    const next = ends[at.partition]?.next ?? 0n;
    for (let from = 0n; from < next; ) {
      const to = from + 1n + BigInt(draw.below(20));
      for await (const batch of log.read({ ...at, from, to: to < next ? to : next })) {
        const { counters, next: reached } = await projectBatch({ store, codec, projection: build }, batch);
        from = reached;
        for (const name of ['applied', 'duplicates', 'parked'] as const) sum[name] += counters[name];
      }
    }
  }
  const verification = postgresVerificationStore({ pool: database.pool });
  const report = await verifyProjection({ log, codec, projection: build, store: verification });
  assert.deepEqual(report.shown, []);
  assert.ok(report.equal);
  return sum;
};

const ofDecisions = projections.filter(({ streams }) => streams !== undefined).map((one) => buildOf(one));

const ways: readonly (readonly [string, (t: TestContext) => Promise<TestDatabase>])[] = [
  ['without PostGIS', (t) => testDatabase(t)],
  ['with PostGIS', (t) => postgisDatabase(t)],
];

describe('the tables of what was decided', () => {
  for (const [name, database] of ways) {
    it(`are the fold of the log ${name}`, async (t) => {
      assert.ok(traffic.length > 0, 'no domain says what its clients have decided');
      const there = await database(t);
      const log = await decidedLog(7);
      const sum = { applied: 0, duplicates: 0, parked: 0 };
      for (const build of ofDecisions) {
        const { applied, duplicates, parked } = await projected(there, build, log);
        sum.applied += applied;
        sum.duplicates += duplicates;
        sum.parked += parked;
      }
      assert.ok(sum.applied > commands / 10 && sum.duplicates > 10, JSON.stringify(sum));
      assert.equal(sum.parked, 0, 'what was decided was refused by a table');
    });
  }

  it(`hold in ${schedules} schedules of the simulation`, async () => {
    let rows = 0;
    for (let seed = 0; seed < schedules; seed += 1) {
      const world = await simulate(seed);
      assert.deepEqual(await findings(world), [], `seed ${seed}`);
      for (const build of world.projections.filter(({ name }) => ofDecisions.some((one) => one.name === name))) {
        for (const { table } of build.folds) rows += world.store.rows(build, table.name).size;
      }
    }
    assert.ok(rows > schedules, `${rows} rows`);
  });
});
