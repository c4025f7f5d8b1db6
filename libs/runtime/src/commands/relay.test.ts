import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Projection } from '@plenum/read-model';
import fc from 'fast-check';
import { TransientFailure } from '../errors.ts';
import { projectBatch } from '../project-batch.ts';
import { chance } from '../testing/chance.ts';
import { by, deciding } from '../testing/event-store-contract-append.ts';
import { assertNoGap, makeDecisions, recordsIn, relayAll } from '../testing/event-store-contract-relay.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { type MemoryLog, memoryLog } from '../testing/memory-log.ts';
import { memoryReadModelStore } from '../testing/memory-read-model-store.ts';
import {
  moveCoins,
  purseCommand,
  purseRules,
  purseStream,
  pursesCodec,
  pursesProjection,
  pursesTopic,
} from '../testing/sample-purses.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { handleCommand } from './handle-command.ts';
import { relayLag, relayProgress, runRelay } from './relay.ts';
import { stateOf } from './state-of.ts';

const topics = [pursesTopic];
const newStore = (batchRecordsMax = () => 50) =>
  memoryEventStore({ topics, codec: pursesCodec, log: { batchRecordsMax } });

describe('the relay', () => {
  it('moves its checkpoint only after the log has settled, and stops in between', async () => {
    const { source, checkpoints, ...store } = newStore();
    await makeDecisions(deciding(store), 0);
    const stop = new AbortController();
    const asked = Promise.withResolvers<void>();
    const log = {
      append: async () => {
        asked.resolve();
        return new Promise<never>((_, reject) => {
          stop.signal.addEventListener('abort', () => reject(new TransientFailure('away', 'the log is away')));
        });
      },
    };
    const moved = { ...checkpoints, advance: () => assert.fail('nothing was appended') };
    const running = runRelay({ source, log, checkpoints: moved, topics, logger: silentLogger }, stop.signal);
    await asked.promise;
    stop.abort();
    await running;
    const lags = await relayLag({ source, checkpoints, topics });
    assert.equal(
      lags.reduce((sum, { records }) => sum + records, 0n),
      18n,
    );
  });

  it('sends again what it could not note, and goes where another one has come to', async () => {
    const { source, checkpoints, ...store } = newStore();
    await makeDecisions(deciding(store), 10);
    const log = memoryLog(topics);
    let turn = 0;
    const elsewhere = {
      ...checkpoints,
      advance: async (...[at, from, to]: Parameters<typeof checkpoints.advance>) => {
        turn += 1;
        // Another relay was a little slower or a little faster than this one.
        if (turn === 1) await checkpoints.advance(at, from, from + 1n);
        if (turn === 2) throw new TransientFailure('08006', 'the answer was lost');
        return checkpoints.advance(at, from, to);
      },
    };
    const progress = relayProgress();
    await relayAll({ source, log, checkpoints: elsewhere, progress });
    assert.deepEqual([progress.elsewhere, progress.transientWaits], [1, 1]);
    const [sent, stored] = [(await recordsIn(log)).flat(), (await recordsIn(source)).flat()];
    assert.ok(sent.length > stored.length);
    assert.deepEqual(idsOf(sent), idsOf(stored));
  });

  it('ends with the error when it meets a bug', async () => {
    const { source, checkpoints, ...store } = newStore();
    await makeDecisions(deciding(store), 0);
    const bug = new TypeError('not a function');
    const log = { append: () => Promise.reject(bug) };
    const running = runRelay({ source, log, checkpoints, topics, logger: silentLogger }, new AbortController().signal);
    await assert.rejects(running, (error) => error === bug);
  });
});

describe('decisions, however the relays are killed, frozen and repeated', () => {
  it('come into the rows once each and in order', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(), survives), { numRuns: 60 });
  });
});

class Killed extends Error {}

const survives = async (seed: number): Promise<void> => {
  const luck = chance(seed);
  const world = stormyWorld(luck);
  const { store, log, strikes } = world;
  const processes = [world.start(), world.start()];
  await decideInBetween(luck, world);
  strikes.calm();
  await world.drained();
  world.stop();
  await Promise.all(processes);

  const sent = await recordsIn(log);
  assertNoGap(sent);
  assert.deepEqual(idsOf(sent.flat()), idsOf((await recordsIn(store.source)).flat()));
  const { rows, taken } = await projected(log, luck);
  for (const purse of purses) {
    const { state, version } = await stateOf(store, purseRules, purseStream(purse));
    const row = rows.get(purse);
    assert.deepEqual([row?.cents, row?.stream_version], [BigInt(state.cents), version]);
    assert.deepEqual(
      taken.get(purse),
      Array.from({ length: version }, (_, index) => index + 1),
    );
  }
};

const purses = ['a', 'b', 'c'];

const decideInBetween = async (luck: Luck, { store, strikes }: World): Promise<void> => {
  const place = deciding(store);
  for (const purse of purses) {
    await handleCommand(place, purseCommand({ do: 'open', purse }), by('c1'));
    await handleCommand(place, purseCommand({ do: 'put', purse, cents: 9 }), by('c1'));
  }
  for (let round = 0; round < 30; round += 1) {
    const [from = '', to = ''] = [purses[round % 3], purses[(round + 1 + luck.below(2)) % 3]];
    await handleCommand(place, moveCoins(from, to, 1 + luck.below(3)), by(`${round}`));
    if (luck.happens(0.2)) store.source.movePartitions('relay');
    if (luck.happens(0.2)) strikes.thaw();
    for (let turns = luck.below(6); turns > 0; turns -= 1) await nextTurn();
  }
};

type Luck = ReturnType<typeof chance>;
type World = ReturnType<typeof stormyWorld>;

/** What may go wrong around every step of a relay, until it is calm. */
const strikesOf = (luck: Luck) => {
  let calm = false;
  let frozen: (() => void)[] = [];
  const thaw = (): void => {
    for (const wake of frozen) wake();
    frozen = [];
  };
  const strike = async (): Promise<void> => {
    if (calm) return;
    if (luck.happens(0.06)) throw new Killed('killed');
    if (luck.happens(0.06)) throw new TransientFailure('08006', 'the connection was lost');
    if (luck.happens(0.06)) await new Promise<void>((resolve) => frozen.push(resolve));
  };
  return {
    isCalm: () => calm,
    thaw,
    calm: (): void => {
      calm = true;
      thaw();
    },
    around:
      <Asked extends readonly unknown[], T>(step: (...asked: Asked) => Promise<T>) =>
      async (...asked: Asked): Promise<T> => {
        await strike();
        const done = await step(...asked);
        await strike();
        return done;
      },
  };
};

const stormyWorld = (luck: Luck) => {
  const strikes = strikesOf(luck);
  const { isCalm, around } = strikes;
  const log = memoryLog(topics, {
    onAppend: () => (isCalm() ? 'stored' : luck.pick(['stored', 'stored', 'stored', 'refused', 'answer-lost'])),
  });
  const store = newStore(() => 1 + luck.below(4));
  const { source } = store;
  const stop = new AbortController();
  const drained = Promise.withResolvers<void>();
  const advance = around(store.checkpoints.advance);
  const isDrained = async (): Promise<boolean> =>
    isCalm() && (await relayLag({ ...store, topics })).every(({ records }) => records === 0n);
  const parts = {
    source,
    log: { append: around(log.append) },
    checkpoints: {
      position: around(store.checkpoints.position),
      advance: async (...asked: Parameters<typeof advance>) => {
        const moved = await advance(...asked);
        if (await isDrained()) drained.resolve();
        return moved;
      },
    },
    topics,
    logger: silentLogger,
    pause: nextTurn,
  };
  return {
    log,
    store,
    strikes,
    /** A process that begins again whenever it is killed. */
    async start(): Promise<void> {
      while (!stop.signal.aborted) {
        await runRelay(parts, stop.signal).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
      }
    },
    drained: async (): Promise<void> => {
      if (!(await isDrained())) await drained.promise;
    },
    stop: () => stop.abort(),
  };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The rows of the log in batches of any size, and which versions changed each, in order. */
const projected = async (log: MemoryLog, luck: Luck) => {
  const taken = new Map<string, number[]>();
  const noting: Projection = {
    ...pursesProjection,
    folds: pursesProjection.folds.map((fold) => ({
      ...fold,
      fold: (row, entry) => {
        const after = fold.fold(row, entry);
        if (after !== row) taken.getOrInsertComputed(String(after.purse), () => []).push(Number(after.stream_version));
        return after;
      },
    })),
  };
  const store = memoryReadModelStore();
  const ends = await log.positions(pursesTopic.name);
  await store.prepare(
    noting,
    ends.map(({ partition }) => ({ topic: pursesTopic.name, partition })),
  );
  for (const { partition, next } of ends) {
    let at = 0n;
    while (at < next) {
      const to = at + BigInt(1 + luck.below(5));
      for await (const batch of log.read({ topic: pursesTopic.name, partition, from: at, to })) {
        at = (await projectBatch({ store, codec: pursesCodec, projection: noting }, batch)).next;
      }
    }
  }
  assert.equal(store.sums(noting).parked, 0);
  return { rows: store.rows(noting, 'purses'), taken };
};

const idsOf = (records: readonly { readonly headers: Readonly<Record<string, string>> }[]): readonly string[] =>
  [...new Set(records.map(({ headers }) => headers.ce_id ?? ''))].sort();
