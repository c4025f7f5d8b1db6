import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { projections, reserving, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { command, type NewEvent, personal, plenumItself } from '@plenum/event';
import { postgresReadModelStore, postgresVerificationStore, query } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import {
  consumerProgress,
  handleCommand,
  type OutboxLag,
  rebuildStreams,
  runProjection,
  verifyProjection,
} from '@plenum/runtime';
import { refuseLostStore, StoreLost } from './lost-store.ts';
import { openCodec } from './open-codec.ts';
import { decisionTopics, openDecisions } from './open-decisions.ts';
import { openFoundation } from './open-foundation.ts';
import { assemblySettings } from './settings.ts';

const users = projections.find(({ name }) => name === 'users') ?? assert.fail('there are no users');
const user = '0190a7f0-2222-7abc-8def-000000000002';
const stream = `user-${user}`;

/** Events as they are, for what is looked at here is how they travel. */
const recording = (id: string, ...types: readonly string[]) =>
  [
    command({
      name: 'test.record',
      stream,
      decider: {
        initial: 0,
        evolve: (count) => count + 1,
        decide: (_, events: readonly NewEvent[]) => ({ outcome: 'decided', events }),
      },
      data: types.map((name) => ({ type: `plenum.access.${name}`, data })),
    }),
    { id, actor: plenumItself },
  ] as const;
const data = {
  ...{ user_id: user, login: personal('ana'), name: personal('Ana'), email: undefined, role: 'operator' },
  ...{ permissions: ['read:*'], by: 'plenum' },
};

const masterKeys = { current: randomBytes(32).toString('hex') };

describe('a decision', () => {
  it('goes from the store into the log, from there into the rows, and back into a store that was lost', async (t) => {
    const { url } = await testServer(t);
    const config = readConfig(assemblySettings, { DATABASE_URL: url });
    const stop = new AbortController();
    const settings = { config, logger: silentLogger, stop: stop.signal };
    const codec = await openCodec(settings);
    const { log, database, close } = await openFoundation({ ...settings, applicationName: 'test', connectionsMax: 12 });
    const { pool } = database;
    const decisions = await openDecisions({ database, log, codec, masterKeys, logger: silentLogger });
    const { store, personal } = decisions;
    const running: Promise<void>[] = [];
    t.after(async () => {
      stop.abort();
      await Promise.allSettled(running);
      await decisions.close();
      await close();
    });
    const decide = async ([asked, metadata]: ReturnType<typeof recording>): Promise<string> => {
      const parts = { clock: { nowUs: () => Date.now() * 1000 }, random: { bytes16: () => randomBytes(16) } };
      const done = await handleCommand({ store, personal, ...parts }, asked, metadata);
      return done.outcome === 'done' ? done.how : done.outcome;
    };

    await refuseLostStore(database, log);
    assert.equal(await decide(recording('c1', 'UserCreated', 'UserDisabled')), 'recorded');
    assert.equal(waiting(await decisions.lag()), 2n);
    running.push(decisions.relay(stop.signal));
    const caughtUp = Promise.withResolvers<void>();
    const rows = postgresReadModelStore({ pool, logger: silentLogger });
    const noticing = {
      ...rows,
      transactTogether: async (...[projection, places, work]: Parameters<typeof rows.transactTogether>) => {
        const done = await rows.transactTogether(projection, places, work);
        const [row] = await query<{ version: number }>(pool, 'select stream_version as version from public.users');
        if (row?.version === 4) caughtUp.resolve();
        return done;
      },
    } as typeof rows; // It passes on what its own work answers.
    const progress = consumerProgress();
    const projector = {
      store: noticing,
      codec,
      projection: buildOf(users),
      log,
      topics,
      logger: silentLogger,
      progress,
    };
    running.push(runProjection(projector, stop.signal));
    assert.equal(await decide(recording('c2', 'UserEnabled')), 'recorded');
    assert.equal(await decide(recording('c2', 'UserEnabled')), 'known');
    assert.equal(await decide(recording('c3', 'UserDisabled')), 'recorded');
    await Promise.race([caughtUp.promise, ...running]);
    // What is in the log is shown before the relay has noted that it sent it: stopped in between, it would send it again.
    while (decisions.progress.recordsRead < 4) await sleep(5, undefined, { signal: t.signal });
    stop.abort();
    await Promise.all(running);

    assert.equal(waiting(await decisions.lag()), 0n);
    assert.equal(decisions.progress.recordsRead, 4);
    const [row] = await query<object>(pool, 'select is_active, stream_version from public.users');
    assert.deepEqual(row, { is_active: false, stream_version: 4 });
    const report = await verifyProjection({
      log,
      codec,
      projection: users,
      store: postgresVerificationStore({ pool }),
    });
    assert.deepEqual([report.equal, report.records], [true, 4]);

    const { events } = await store.load(stream);
    await refuseLostStore(database, log);
    await query(
      pool,
      'truncate plenum_store.stream, plenum_store.stream_event, plenum_store.command, plenum_store.reservation',
    );
    await assert.rejects(refuseLostStore(database, log), StoreLost);
    const restored = await rebuildStreams({ log, topics: decisionTopics, store, reserving, codec, personal });
    assert.deepEqual(restored, { streams: 1, events: 4, commands: 3, reservations: 1, contested: [] });
    assert.deepEqual((await store.load(stream)).events, events);
    assert.equal(await decide(recording('c1', 'UserCreated')), 'known');
  });
});

const waiting = (lags: readonly OutboxLag[]): bigint => lags.reduce((sum, { records }) => sum + records, 0n);
