import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isEvent, reactionCommandId } from '@plenum/event';
import type { Build } from '@plenum/read-model';
import fc from 'fast-check';
import { handleCommand } from '../commands/handle-command.ts';
import { stateOf } from '../commands/state-of.ts';
import { TransientFailure } from '../errors.ts';
import { projectBatch } from '../project-batch.ts';
import { chance } from '../testing/chance.ts';
import { by, deciding } from '../testing/event-store-contract-append.ts';
import { assertNoGap, makeDecisions, recordsIn, relayAll } from '../testing/event-store-contract-relay.ts';
import { memoryCheckpointStore } from '../testing/memory-checkpoint-store.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { type MemoryLog, memoryLog } from '../testing/memory-log.ts';
import { memoryReadModelStore } from '../testing/memory-read-model-store.ts';
import { counted } from '../testing/read-model-store-samples.ts';
import {
  moveCoins,
  PurseClosed,
  purseCommand,
  purseRules,
  purseStream,
  pursesCodec,
  pursesProjection,
  pursesTopic,
} from '../testing/sample-purses.ts';
import { payOut } from '../testing/sample-reaction.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { issueTo } from './issue-to.ts';
import { type OutboxRelay, outboxLag, outboxRelay, runOutboxRelay } from './outbox-relay.ts';
import { groupOf } from './partitions.ts';
import { consumerProgress } from './progress.ts';
import { consumerOfReaction, runReaction } from './run-reaction.ts';

const topics = [pursesTopic];
const newStore = (batchRecordsMax = () => 50) =>
  memoryEventStore({ topics, codec: pursesCodec, log: { batchRecordsMax } });

describe('the outbox relay', () => {
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
    const moved = { ...checkpoints, transactTogether: () => assert.fail('nothing was appended') };
    const running = runOutboxRelay({ source, log, checkpoints: moved, topics, logger: silentLogger }, stop.signal);
    await asked.promise;
    stop.abort();
    await running;
    const lags = await outboxLag({ source, checkpoints, topics });
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
    const elsewhere: OutboxRelay['checkpoints'] = {
      ...checkpoints,
      transactTogether: async (consumer, places, work) => {
        turn += 1;
        // Another relay was a little slower or a little faster than this one.
        const [first = { topic: '', partition: 0 }] = places;
        if (turn === 1) await checkpoints.transact(consumer, first, (tx) => tx.advance(1n, counted(1)));
        if (turn === 2) throw new TransientFailure('08006', 'the answer was lost');
        return checkpoints.transactTogether(consumer, places, work);
      },
    };
    const progress = consumerProgress();
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
    const running = runOutboxRelay(
      { source, log, checkpoints, topics, logger: silentLogger },
      new AbortController().signal,
    );
    await assert.rejects(running, (error) => error === bug);
  });
});

describe('decisions, however relays and reactions are killed, frozen and repeated', () => {
  it('come into the rows once each and in order, and each is answered by exactly one command', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(), survives), { numRuns: 60 });
  });
});

class Killed extends Error {}

const survives = async (seed: number): Promise<void> => {
  const luck = chance(seed);
  const world = stormyWorld(luck);
  const { store, log, strikes } = world;
  const processes = [world.startRelay(), world.startRelay(), world.startReaction(), world.startReaction()];
  await decideInBetween(luck, world);
  strikes.calm();
  await world.drained();
  world.stop();
  await Promise.all(processes);

  const sent = await recordsIn(log);
  assertNoGap(sent);
  assertAnswered(world, sent);
  assert.deepEqual(idsOf(sent.flat()), idsOf((await recordsIn(store.source)).flat()));
  const { rows, taken } = await projected(log, luck);
  let coins = 0;
  for (const purse of purses) {
    const { state, version } = await stateOf(store, purseRules, purseStream(purse));
    coins += state.cents;
    const row = rows.get(purse);
    assert.deepEqual([row?.cents, row?.stream_version], [BigInt(state.cents), version]);
    assert.deepEqual(
      taken.get(purse),
      Array.from({ length: version }, (_, index) => index + 1),
    );
  }
  assert.equal(coins, purses.length * 9);
};

/** That every closed purse was answered by one command, and nothing else by any. */
const assertAnswered = ({ store, counters }: World, sent: Awaited<ReturnType<typeof recordsIn>>): void => {
  const closed = sent.flat().flatMap((record) => {
    const decoded = pursesCodec.decode(record);
    if (decoded.outcome !== 'event' || !isEvent(PurseClosed, decoded.event)) return [];
    return decoded.event.data.cents > 0 ? [{ ...decoded.event, to: decoded.event.data.to }] : [];
  });
  const answers = closed.map((event) => reactionCommandId(payOut, event, { stream: purseStream(event.to) }));
  const wanted = [...new Set(answers)].sort();
  const ids = [...store.answers().keys()].map((wholeId) => wholeId.slice(wholeId.lastIndexOf(' ') + 1));
  const issued = ids.filter((id) => id.startsWith(`${payOut.name}/`)).sort();
  assert.deepEqual(issued, wanted);
  const { read, applied, duplicates, notForIt, parked } = counters();
  assert.equal(parked, 0);
  assert.deepEqual([read, applied + duplicates], [applied + duplicates + notForIt, closed.length]);
};

const purses = ['a', 'b', 'c', 'd'];

const decideInBetween = async (luck: Luck, { store, log, strikes }: World): Promise<void> => {
  const place = deciding(store);
  for (const purse of purses) {
    await handleCommand(place, purseCommand({ do: 'open', purse }), by('c1'));
    await handleCommand(place, purseCommand({ do: 'put', purse, cents: 9 }), by('c1'));
  }
  for (let round = 0; round < 30; round += 1) {
    const [from = '', to = ''] = [purses[round % 3], purses[(round + 1 + luck.below(2)) % 3]];
    await handleCommand(place, moveCoins(from, to, 1 + luck.below(3)), by(`${round}`));
    if (luck.happens(0.2)) {
      await handleCommand(place, purseCommand({ do: 'close', purse: from, to: 'd' }), by(`close-${round}`));
      await handleCommand(place, purseCommand({ do: 'open', purse: from }), by(`reopen-${round}`));
    }
    if (luck.happens(0.2)) log.movePartitions(groupOf(consumerOfReaction(payOut)));
    if (luck.happens(0.2)) store.source.movePartitions(groupOf(outboxRelay));
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
    batchRecordsMax: () => 1 + luck.below(4),
  });
  const store = newStore(() => 1 + luck.below(4));
  const { source, checkpoints } = store;
  const stop = new AbortController();
  const stormy = (of: CheckpointStore): CheckpointStore => {
    const stormily = around(async (work: () => Promise<unknown>) => work());
    // What goes through unchanged still has its type.
    return {
      ...of,
      position: around(of.position),
      transact: async <T>(...[consumer, at, work]: Parameters<typeof of.transact<T>>) =>
        (await stormily(() => of.transact(consumer, at, work))) as T,
      transactTogether: async <T>(...[consumer, places, work]: Parameters<typeof of.transactTogether<T>>) =>
        (await stormily(() => of.transactTogether(consumer, places, work))) as T,
    };
  };
  const parts = { topics, logger: silentLogger, pause: nextTurn };
  const relay = { ...parts, source, log: { append: around(log.append) }, checkpoints: stormy(checkpoints) };
  const ofReactions = memoryCheckpointStore();
  const issue = issueTo(deciding(store));
  const reaction = {
    ...{ ...parts, log, reaction: payOut, codec: pursesCodec, checkpoints: stormy(ofReactions) },
    issue: around(async (...asked: Parameters<typeof issue>) => issue(...asked)),
  };
  /** A process that begins again whenever it is killed. */
  const start = async (run: (stop: AbortSignal) => Promise<void>): Promise<void> => {
    while (!stop.signal.aborted) {
      await run(stop.signal).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
    }
  };
  const isRelayed = async (): Promise<boolean> =>
    (await outboxLag({ source, checkpoints, topics })).every(({ records }) => records === 0n);
  const isAnswered = async (): Promise<boolean> => {
    for (const { partition, next } of await log.positions(pursesTopic.name)) {
      const at = { topic: pursesTopic.name, partition };
      if ((await ofReactions.position(consumerOfReaction(payOut), at)) !== next) return false;
    }
    return true;
  };
  const decidedCount = (): number => store.answers().size;
  return {
    log,
    store,
    strikes,
    counters: () => ofReactions.counters(consumerOfReaction(payOut)),
    startRelay: () => start((ends) => runOutboxRelay(relay, ends)),
    startReaction: () => start((ends) => runReaction(reaction, ends)),
    /** Settles when everything is in the log and answered, and the answers are in the log, too. */
    drained: async (): Promise<void> => {
      for (;;) {
        const before = decidedCount();
        if ((await isRelayed()) && (await isAnswered()) && (await isRelayed()) && decidedCount() === before) return;
        await nextTurn();
      }
    },
    stop: () => stop.abort(),
  };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The rows of the log in batches of any size, and which versions changed each, in order. */
const projected = async (log: MemoryLog, luck: Luck) => {
  const taken = new Map<string, number[]>();
  const noting: Build = {
    ...pursesProjection,
    folds: pursesProjection.folds.map((fold) => ({
      ...fold,
      fold: (row, entry, key) => {
        const after = fold.fold(row, entry, key);
        if (after !== undefined && after !== row)
          taken.getOrInsertComputed(String(after.purse), () => []).push(Number(after.stream_version));
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
  assert.equal(store.counters(noting).parked, 0);
  return { rows: store.rows(noting, 'purses'), taken };
};

const idsOf = (records: readonly { readonly headers: Readonly<Record<string, string>> }[]): readonly string[] =>
  [...new Set(records.map(({ headers }) => headers.ce_id ?? ''))].sort();
