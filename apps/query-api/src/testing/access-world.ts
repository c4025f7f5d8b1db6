/** The API over everything that decides, relays, reacts and projects, as it is in earnest but for the log, which is in memory. */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { newKey, testAuthentication } from '@plenum/authentication/testing';
import { projections, reactions, topics } from '@plenum/catalogue';
import { newNodeKey } from '@plenum/credentials';
import { postgresCheckpointStore, postgresReadModelStore, query } from '@plenum/postgres';
import { buildOf } from '@plenum/read-model';
import { consumerProgress, issueTo, projectBatch, runOutboxRelay, runReaction, showPersonal } from '@plenum/runtime';
import { memoryFiles } from '@plenum/runtime/testing';
import type { AppParts } from '../app.ts';
import { preparedSql } from '../database/prepared-sql.ts';
import { readsOver } from '../reads.ts';
import { fakeApp, silentLogger } from './fake-app.ts';
import { eventOf, type World } from './world.ts';

const decisionTopics = topics.filter(({ holds }) => holds === 'decisions');

const systemClock = { nowUs: () => Date.now() * 1_000 };

/** Everything ends with the test. `projecting` brings what was decided into the tables for as long as some work takes. */
export const accessWorld = async (t: TestContext, { atBroker }: Pick<AppParts, 'atBroker'> = {}) => {
  const world = await testAuthentication(t);
  const { pool, log, codec, store: decided } = world;
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  const partitionsOf = (names: readonly string[]) =>
    topics
      .filter(({ name }) => names.includes(name))
      .flatMap((topic) =>
        Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition })),
      );
  const builds = projections.map((projection) => buildOf(projection));
  for (const build of builds) await store.prepare(build, partitionsOf(build.topics));
  const stop = new AbortController();
  const relay = { ...decided, log, topics: decisionTopics, logger: silentLogger, progress: consumerProgress() };
  const reacting = {
    ...{ log, codec, topics, logger: silentLogger, checkpoints: postgresCheckpointStore({ pool }) },
    issue: issueTo({ store: decided, clock: systemClock, random: { bytes16: () => randomBytes(16) } }),
    tables: <R>(text: string, parameters?: readonly unknown[]) => query<R>(pool, text, parameters),
  };
  const running = [
    runOutboxRelay(relay, stop.signal),
    ...reactions.map((reaction) => runReaction({ ...reacting, reaction }, stop.signal)),
  ];
  t.after(async () => {
    stop.abort();
    await Promise.all(running);
  });
  const project = async (): Promise<void> => {
    for (const projection of builds) {
      for (const at of partitionsOf(projection.topics)) {
        const from = await store.position(projection, at);
        const to = (await log.positions(at.topic))[at.partition]?.next ?? 0n;
        for await (const batch of log.read({ ...at, from, to }))
          await projectBatch({ store, codec, projection }, batch);
      }
    }
  };
  /** Brings what was decided into the tables for as long as the work takes. */
  const projecting = async <T>(work: Promise<T>): Promise<T> => {
    let working = true;
    const settled = work.finally(() => {
      working = false;
    });
    while (working) await project();
    return settled;
  };
  const files = memoryFiles();
  const app = await fakeApp(t, {
    authentication: world.authentication,
    reads: readsOver(preparedSql(pool), showPersonal(world.personal)),
    log,
    files,
    nodeKeys: { make: newNodeKey },
    atBroker,
    clock: systemClock,
    limits: { limitDefault: 100, limitMax: 1_000 },
  });
  const { key } = await newKey(world.authentication, 'administrator');
  const say: World['say'] = async (topic, said, receivedUs = systemClock.nowUs()) => {
    const payload = Buffer.from(typeof said === 'string' ? said : JSON.stringify(said));
    const event = eventOf({ topic, payload, receivedTimeUs: receivedUs });
    await log.append([codec.encode(event)]);
    return event;
  };
  return { ...world, app, files, say, project, projecting, asAdministrator: { 'x-api-key': key } };
};
