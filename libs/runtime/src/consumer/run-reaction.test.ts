import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  type Command,
  type DecidedTables,
  defineReaction,
  type Event,
  isEvent,
  partitionOf,
  type Reaction,
} from '@plenum/event';
import { TransientFailure } from '../errors.ts';
import type { Logger } from '../ports.ts';
import { type MemoryCheckpointStore, memoryCheckpointStore } from '../testing/memory-checkpoint-store.ts';
import { memoryLog } from '../testing/memory-log.ts';
import { counted } from '../testing/read-model-store-samples.ts';
import { CoinsPut, PurseClosed, purseCommand, pursesCodec, pursesTopic } from '../testing/sample-purses.ts';
import type { Issue, Issued } from './issue.ts';
import { reactionProgress } from './reaction-progress.ts';
import { consumerOfReaction, type RunReaction, runReaction } from './run-reaction.ts';

const saying = (name: string): Command => ({ ...purseCommand({ do: 'open', purse: 'a' }), name });

/** Says what it reads, twice. */
const echo = defineReaction({
  name: 'echo-coins',
  about: 'For tests.',
  topics: [pursesTopic.name],
  react: (event) =>
    isEvent(CoinsPut, event) ? [`first ${event.data.cents}`, `then ${event.data.cents}`].map(saying) : [],
});
const consumer = consumerOfReaction(echo);

/** Of one test, whichever way it ends. */
const running: AbortController[] = [];

describe('runReaction', () => {
  afterEach(() => {
    for (const stopping of running.splice(0)) stopping.abort();
  });

  it('issues the commands that answer each event, in order, under ids that name the event and the entity', async () => {
    const there = world();
    await there.log.append([put(1), closed(2), put(3)].map(pursesCodec.encode));
    const run = there.start();
    await run.answered(3);
    await run.end();
    assert.deepEqual(there.issued, [
      { command: 'first 1', id: `echo-coins/${idOf(1)}/a`, reaction: 'echo-coins', cause: idOf(1) },
      { command: 'then 1', id: `echo-coins/${idOf(1)}/a`, reaction: 'echo-coins', cause: idOf(1) },
      { command: 'first 3', id: `echo-coins/${idOf(3)}/a`, reaction: 'echo-coins', cause: idOf(3) },
      { command: 'then 3', id: `echo-coins/${idOf(3)}/a`, reaction: 'echo-coins', cause: idOf(3) },
    ]);
    assert.deepEqual(there.counters(), { read: 3, applied: 2, duplicates: 0, notForIt: 1, parked: 0 });
    assert.deepEqual(run.progress.commands, { recorded: 4, known: 0, unchanged: 0, refused: 0 });
    assert.equal(run.progress.recordsRead, 3);
  });

  it('counts what was answered before as a duplicate', async () => {
    const there = world({ issue: async () => ({ outcome: 'done', how: 'known' }) });
    await there.log.append([put(1)].map(pursesCodec.encode));
    const run = there.start();
    await run.answered(1);
    await run.end();
    assert.deepEqual(there.counters(), { read: 1, applied: 0, duplicates: 1, notForIt: 0, parked: 0 });
  });

  it('takes a refusal for an answer, says so, and goes on', async () => {
    const refusal: Issued = { outcome: 'refused', code: 'not-now', reason: 'Not today.' };
    const there = world({
      issue: async (command) => (command.name === 'first 1' ? refusal : { outcome: 'done', how: 'recorded' }),
    });
    await there.log.append([put(1), put(2)].map(pursesCodec.encode));
    const run = there.start();
    await run.answered(2);
    await run.end();
    assert.deepEqual(run.progress.commands, { recorded: 3, known: 0, unchanged: 0, refused: 1 });
    assert.deepEqual(there.counters(), { read: 2, applied: 2, duplicates: 0, notForIt: 0, parked: 0 });
    assert.deepEqual(there.lines, [
      { reaction: 'echo-coins', command: `echo-coins/${idOf(1)}/a`, code: 'not-now', reason: 'Not today.' },
    ]);
  });

  it('issues only what failed again when a transient failure has passed', async () => {
    let asked = 0;
    const there = world({
      issue: async () => {
        asked += 1;
        if (asked === 2) throw new TransientFailure('08006', 'away');
        return { outcome: 'done', how: 'recorded' };
      },
    });
    await there.log.append([put(1)].map(pursesCodec.encode));
    const run = there.start();
    await run.answered(1);
    await run.end();
    assert.equal(asked, 3);
    assert.equal(run.progress.transientWaits, 1);
  });

  it('issues again what it could not note, and nothing that was noted', async () => {
    const outcomes: ('after' | 'before')[] = ['before', 'after'];
    // Its first transaction looks, its second notes.
    let commits = 0;
    const there = world({}, () => {
      commits += 1;
      return commits > 1 && commits <= 3 ? (outcomes.shift() ?? 'none') : 'none';
    });
    await there.log.append([put(1)].map(pursesCodec.encode));
    const run = there.start();
    await run.answered(1);
    await run.end();
    assert.deepEqual(there.counters(), { read: 1, applied: 1, duplicates: 0, notForIt: 0, parked: 0 });
    assert.equal(new Set(there.issued.map(({ id, command }) => `${command} ${id}`)).size, 2);
  });

  it('changes nothing when another member has answered the batch meanwhile', async () => {
    const there = world();
    await there.log.append([put(1)].map(pursesCodec.encode));
    const { partition = 0 } = (await there.log.positions(pursesTopic.name)).find(({ next }) => next > 0n) ?? {};
    const at = { topic: pursesTopic.name, partition };
    let overtaken = false;
    const issue: Issue = async (command, by) => {
      if (!overtaken) await there.store.transact(consumer, at, (tx) => tx.advance(1n, counted(1)));
      overtaken = true;
      return there.issue(command, by);
    };
    const run = there.start({ issue });
    await run.seen(({ batches }) => batches > 0);
    await run.end();
    assert.equal(run.progress.recordsRead, 0);
    assert.deepEqual(there.counters(), { read: 1, applied: 1, duplicates: 0, notForIt: 0, parked: 0 });
  });

  it('answers what several partitions have together, and then knows where they are', async () => {
    const there = world();
    const transactions: number[] = [];
    const checkpoints: RunReaction['checkpoints'] = {
      ...there.store,
      transactTogether: (of, places, work) => {
        transactions.push(places.length);
        return there.store.transactTogether(of, places, work);
      },
    };
    await there.log.append(apart.map((purse, n) => pursesCodec.encode(put(n, purse))));
    const run = there.start({ checkpoints });
    await run.answered(apart.length);
    // They were looked up together, and noted together.
    assert.deepEqual(transactions.splice(0), [apart.length, apart.length]);
    await there.log.append(apart.map((purse, n) => pursesCodec.encode(put(n + 10, purse))));
    await run.answered(2 * apart.length);
    await run.end();
    assert.deepEqual(transactions, [apart.length]);
    assert.equal(there.issued.length, 4 * apart.length);
  });

  it('answers events of one key in their order, and those of another beside them', async () => {
    const there = world();
    const [one = '', other = ''] = apart;
    const first = Promise.withResolvers<void>();
    const answered: string[] = [];
    const issue: Issue = async (command, by) => {
      if (command.name === 'first 1') await first.promise;
      answered.push(command.name);
      return there.issue(command, by);
    };
    await there.log.append([put(1, one), put(2, one), put(3, other)].map(pursesCodec.encode));
    const run = there.start({ issue });
    await run.seen(() => answered.length === 2);
    assert.deepEqual(answered.splice(0), ['first 3', 'then 3']);
    first.resolve();
    await run.answered(3);
    await run.end();
    assert.deepEqual(answered, ['first 1', 'then 1', 'first 2', 'then 2']);
  });

  it('lets only that partition wait whose checkpoint somebody else holds', async () => {
    const there = world();
    const [held = '', free = ''] = apart;
    const holding = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const at = { topic: pursesTopic.name, partition: partitionWith(held) };
    await there.log.append([put(1, held), put(2, free)].map(pursesCodec.encode));
    await there.store.prepare(
      consumer,
      Array.from({ length: pursesTopic.partitions }, (_, partition) => ({ topic: pursesTopic.name, partition })),
    );
    const holder = there.store.transact(consumer, at, async () => {
      inside.resolve();
      await holding.promise;
    });
    await inside.promise;
    const run = there.start();
    await run.answered(1);
    assert.deepEqual([...new Set(there.issued.map(({ command }) => command))], ['first 2', 'then 2']);
    holding.resolve();
    await holder;
    await run.answered(2);
    await run.end();
    assert.deepEqual(there.counters(), { read: 2, applied: 2, duplicates: 0, notForIt: 0, parked: 0 });
  });

  it('parks the key of what cannot be decoded, answers the rest, and tries it again at the next start', async () => {
    const there = world();
    const spoilt = { ...pursesCodec.encode(put(1)), headers: { odd: 'yes' } };
    await there.log.append([spoilt, pursesCodec.encode(put(2)), pursesCodec.encode(put(3, 'b'))]);
    const decode: typeof pursesCodec.decode = (record) =>
      record.headers.odd === 'yes' ? { outcome: 'undecodable', reason: 'odd' } : pursesCodec.decode(record);
    const before = there.start({ codec: { ...pursesCodec, decode } });
    await before.answered(3);
    await before.end();
    assert.deepEqual(there.counters(), { read: 3, applied: 1, duplicates: 0, notForIt: 0, parked: 2 });
    assert.deepEqual(
      there.store.parked(consumer).map(({ key, code }) => [key, code]),
      [
        ['purse-a', 'undecodable'],
        ['purse-a', 'behind'],
      ],
    );
    assert.deepEqual(
      there.issued.map(({ command }) => command),
      ['first 3', 'then 3'],
    );

    const decodeNow: typeof pursesCodec.decode = (record) =>
      record.headers.odd === 'yes' ? { outcome: 'event', event: put(1) } : pursesCodec.decode(record);
    const after = there.start({ codec: { ...pursesCodec, decode: decodeNow } });
    await after.seen(() => there.counters().parked === 0);
    await after.end();
    assert.deepEqual(
      there.issued.slice(2).map(({ command }) => command),
      ['first 1', 'then 1', 'first 2', 'then 2'],
    );
    assert.deepEqual(there.counters(), { read: 3, applied: 3, duplicates: 0, notForIt: 0, parked: 0 });
  });

  it('reacts to what it looks up, and issues no other command under an id that was used', async () => {
    let purses = ['a', 'b', 'c'];
    const asked: unknown[] = [];
    const tables: DecidedTables = async <R>(text: string, parameters: readonly unknown[] = []) => {
      asked.push([text, parameters]);
      return purses as readonly unknown[] as readonly R[]; // As if they were rows.
    };
    const there = world();
    await there.log.append([put(1)].map(pursesCodec.encode));
    const reaction = defineReaction<readonly string[]>({
      ...{ name: 'open-all', about: 'For tests.', topics: [pursesTopic.name] },
      lookUp: ({ id }, ask) => ask('which', [id]),
      react: (_, found) => found.map((purse) => purseCommand({ do: 'open', purse })),
    });
    const killed = new Error('killed');
    const issue: Issue = async (command, by) => {
      if (command.stream === 'purse-c') throw killed;
      return there.issue(command, by);
    };
    await assert.rejects(there.start({ reaction, tables, issue }).ended, (error) => error === killed);
    // What was answered is gone, and something else is there.
    purses = ['0', 'b', 'c'];
    const run = there.start({ reaction, tables });
    await run.seen(() => there.store.counters(consumerOfReaction(reaction)).read === 1);
    await run.end();
    assert.deepEqual(asked, [
      ['which', [idOf(1)]],
      ['which', [idOf(1)]],
    ]);
    assert.deepEqual(
      there.issued.map(({ id }) => id),
      ['a', 'b', '0', 'b', 'c'].map((purse) => `open-all/${idOf(1)}/${purse}`),
    );
  });

  it('waits until it can look something up', async () => {
    let asked = 0;
    const tables: DecidedTables = async () => {
      asked += 1;
      if (asked === 1) throw new TransientFailure('08006', 'away');
      return [];
    };
    const there = world();
    await there.log.append([put(1)].map(pursesCodec.encode));
    const reaction: Reaction = { ...echo, lookUp: (_, ask) => ask('which') };
    const run = there.start({ reaction, tables });
    await run.answered(1);
    await run.end();
    assert.deepEqual([asked, run.progress.transientWaits], [2, 1]);
  });

  it('takes no reaction that asks one thing of one stream twice, or looks up what it was not given', async () => {
    const twice: Reaction = { ...echo, react: () => [saying('again'), saying('again')] };
    const blind: Reaction = { ...echo, lookUp: (_, ask) => ask('which') };
    for (const [reaction, complaint] of [
      [twice, /asks one thing of one stream twice/],
      [blind, /was given no tables/],
    ] as const) {
      const there = world();
      await there.log.append([put(1)].map(pursesCodec.encode));
      await assert.rejects(there.start({ reaction }).ended, complaint);
      assert.deepEqual(there.issued, []);
    }
  });

  it('ends with the error when it meets a bug', async () => {
    const there = world();
    const bug = new TypeError('not a function');
    const broken: Reaction = {
      ...echo,
      react: () => {
        throw bug;
      },
    };
    await there.log.append([put(1)].map(pursesCodec.encode));
    await assert.rejects(there.start({ reaction: broken }).ended, (error) => error === bug);
    assert.equal(there.counters().read, 0);
  });
});

const partitionWith = (purse: string): number =>
  partitionOf(pursesCodec.encode(put(1, purse)).key, pursesTopic.partitions);

const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const event = <Data>(n: number, type: string, data: Data): Event<Data> => ({
  ...{ id: idOf(n), type, source: 'test', effectiveTimeUs: n, recordedTimeUs: n, data },
});
const put = (n: number, purse = 'a'): Event => event(n, CoinsPut.type, { purse, cents: n });
const closed = (n: number): Event => event(n, PurseClosed.type, { purse: 'a', cents: n, to: 'b' });

/** Purses whose events are in different partitions. */
const apart = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].filter(
  (purse, index, all) => all.findIndex((other) => partitionWith(other) === partitionWith(purse)) === index,
);

const soon = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const world = (given: { readonly issue?: Issue } = {}, atCommit: () => 'none' | 'before' | 'after' = () => 'none') => {
  const log = memoryLog([pursesTopic]);
  const store: MemoryCheckpointStore = memoryCheckpointStore({ atCommit });
  const issued: {
    readonly command: string;
    readonly id: string;
    readonly reaction: string;
    readonly cause: unknown;
  }[] = [];
  const lines: object[] = [];
  const quiet = (): void => undefined;
  const logger: Logger = {
    ...{ debug: quiet, info: quiet, error: quiet },
    warn: (fields, message) => {
      if (message.includes('refused')) lines.push(fields);
    },
  };
  const issue: Issue = async (command, { id, reaction, trace }) => {
    issued.push({ command: command.name, id, reaction, cause: trace.causationId });
    return given.issue?.(command, { id, reaction, trace }) ?? { outcome: 'done', how: 'recorded' };
  };
  const start = (more: Partial<RunReaction> = {}) => {
    const stopping = new AbortController();
    running.push(stopping);
    const progress = reactionProgress();
    const parts = { log, checkpoints: store, codec: pursesCodec, topics: [pursesTopic], logger, issue, pause: soon };
    const ended = runReaction({ reaction: echo, ...parts, progress, ...more }, stopping.signal);
    /** Turns of the event loop, not time: everything here is in memory. */
    const seen = async (holds: (of: typeof progress) => boolean): Promise<void> => {
      for (let turns = 0; !holds(progress); turns += 1) {
        assert.ok(turns < 20_000, 'it never came about');
        await soon();
      }
    };
    return {
      ...{ progress, ended, seen },
      answered: (count: number) => seen(() => store.counters(consumer).read >= count),
      end: (): Promise<void> => {
        stopping.abort();
        return ended;
      },
    };
  };
  return { log, store, issued, lines, issue, start, counters: () => store.counters(consumer) };
};
