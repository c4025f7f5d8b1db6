import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deciding } from '../testing/event-store-contract-append.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { askPurse, CoinsPut, moveCoins, PurseOpened, pursesCodec, pursesTopic } from '../testing/sample-purses.ts';
import { type Ask, type CommandOutcome, decideCommand, type Recording } from './decide-command.ts';
import type { EventStore } from './event-store.ts';

describe('decideCommand', () => {
  it('records what was decided, with ids, times, place and trace', async () => {
    const { run, store } = world();
    const trace = { correlationId: 'r1' };
    const outcome = await run('c1', askPurse({ do: 'open', purse: 'a' }), trace);
    assert.ok(outcome.outcome === 'recorded');
    assert.deepEqual(outcome.streams, [{ stream: 'purse-a', version: 1 }]);
    const { events } = await store.load('purse-a');
    const [event] = events;
    assert.deepEqual(events, outcome.events);
    const { id, effectiveTimeUs, recordedTimeUs, ...rest } = event ?? assert.fail('nothing was recorded');
    assert.match(id, /^0[0-9a-f]{7}-[0-9a-f]{4}-7/);
    assert.equal(effectiveTimeUs, recordedTimeUs);
    const decision = { stream: 'purse-a', version: 1, commandId: 'c1' };
    assert.deepEqual(rest, { type: PurseOpened.type, source: 'purse-a', data: { purse: 'a' }, trace, decision });
  });

  it('answers the same command the same, and a refusal anew', async () => {
    const { run } = world();
    const put = askPurse({ do: 'put', purse: 'a', cents: 1 });
    assert.deepEqual(codeOf(await run('c1', put)), 'not-found');
    await run('c0', askPurse({ do: 'open', purse: 'a' }));
    const streams = [{ stream: 'purse-a', version: 2 }];
    assert.equal((await run('c1', put)).outcome, 'recorded');
    assert.deepEqual(await run('c1', put), { outcome: 'known', streams });
    assert.deepEqual(await run('c1', askPurse({ do: 'take', purse: 'z', cents: 9 })), { outcome: 'known', streams });
  });

  it('says so when nothing changes, and leaves no trace of it', async () => {
    const { run, store } = world();
    const open = askPurse({ do: 'open', purse: 'a' }, { alongside: async () => assert.fail('nothing was recorded') });
    await run('c1', askPurse({ do: 'open', purse: 'a' }));
    assert.deepEqual(await run('c2', open), { outcome: 'unchanged', streams: [{ stream: 'purse-a', version: 1 }] });
    assert.equal(await store.answered('c2'), undefined);
  });

  it('decides several streams together, or none of them', async () => {
    const { run, store } = world();
    for (const purse of ['a', 'b']) await run(purse, askPurse({ do: 'open', purse }));
    await run('c1', askPurse({ do: 'put', purse: 'a', cents: 10 }));
    assert.deepEqual(codeOf(await run('c2', moveCoins('a', 'b', 11))), 'not-now');
    assert.deepEqual(codeOf(await run('c3', moveCoins('a', 'none', 1))), 'not-found');
    assert.equal((await store.load('purse-a')).version, 2);
    const moved = await run('c4', moveCoins('a', 'b', 4));
    assert.deepEqual(moved.outcome === 'recorded' && moved.streams, [
      { stream: 'purse-a', version: 3 },
      { stream: 'purse-b', version: 2 },
    ]);
    await assert.rejects(run('c5', moveCoins('a', 'a', 1)), /asks twice/);
  });

  it('decides only on the version that was asked for', async () => {
    const { run } = world();
    const put = (expectedVersion: number) => askPurse({ do: 'put', purse: 'a', cents: 1 }, { expectedVersion });
    await run('c1', askPurse({ do: 'open', purse: 'a' }, { expectedVersion: 0 }));
    const conflict = (version: number) => ({ outcome: 'conflict', stream: 'purse-a', version });
    assert.deepEqual(await run('c2', put(0)), conflict(1));
    assert.deepEqual(await run('c3', put(2)), conflict(1));
    assert.equal((await run('c4', put(1))).outcome, 'recorded');
    assert.deepEqual(await run('c5', put(1)), conflict(2));
  });

  it('decides again on what is there when somebody was faster', async () => {
    const { run, store } = world();
    await run('c1', askPurse({ do: 'open', purse: 'a' }));
    await run('c2', askPurse({ do: 'put', purse: 'a', cents: 10 }));
    // Between reading and recording somebody else takes nearly all of it.
    const others = [...Array(3)].map((_, index) => () => run(`other ${index}`, take(3)));
    const hurried = { ...store, append: interrupted(store, others) };
    const outcome = await decideCommand(deciding(hurried), { commandId: 'c3', ask: take(2) });
    assert.deepEqual(codeOf(outcome), 'not-now');
    assert.equal((await store.load('purse-a')).version, 5);
  });

  it('gives up on a stream that never stands still, and at once where a version was asked for', async () => {
    const { run, store } = world();
    await run('c1', askPurse({ do: 'open', purse: 'a' }));
    const put = (id: string) => run(id, askPurse({ do: 'put', purse: 'a', cents: 1 }));
    const busy = (prefix: string, times: number) =>
      deciding({
        ...store,
        append: interrupted(
          store,
          [...Array(times)].map((_, index) => () => put(prefix + index)),
        ),
      });
    const versioned = { commandId: 'c2', ask: askPurse({ do: 'put', purse: 'a', cents: 1 }, { expectedVersion: 1 }) };
    const conflict = await decideCommand(busy('x', 99), versioned);
    assert.deepEqual(conflict, { outcome: 'conflict', stream: 'purse-a', version: 2 });
    const outcome = await decideCommand(busy('y', 99), {
      commandId: 'c3',
      ask: askPurse({ do: 'put', purse: 'a', cents: 1 }),
    });
    assert.deepEqual(outcome, { outcome: 'conflict', stream: 'purse-a', version: 12 });
    const nine = await decideCommand(busy('z', 9), {
      commandId: 'c3',
      ask: askPurse({ do: 'put', purse: 'a', cents: 1 }),
    });
    assert.equal(nine.outcome, 'recorded');
  });

  it('runs alongside with the state before and after, in the order of the asks', async () => {
    const seen: unknown[] = [];
    const { run } = world();
    const note = async (_: unknown, { before, after, version, events }: Recording<unknown>): Promise<void> => {
      seen.push({ before, after, version, types: events.map(({ type }) => type) });
    };
    await run('c1', askPurse({ do: 'open', purse: 'b' }));
    const put = askPurse({ do: 'put', purse: 'b', cents: 3 }, { alongside: note });
    await run('c2', askPurse({ do: 'open', purse: 'a' }, { alongside: note, also: () => [put] }));
    assert.deepEqual(seen, [
      { before: { open: false, cents: 0 }, after: { open: true, cents: 0 }, version: 1, types: [PurseOpened.type] },
      { before: { open: true, cents: 0 }, after: { open: true, cents: 3 }, version: 2, types: [CoinsPut.type] },
    ]);
  });
});

const world = () => {
  const transact = (work: (sql: never) => Promise<void>): Promise<void> => work(undefined as never);
  const store = memoryEventStore({ topics: [pursesTopic], codec: pursesCodec, transact });
  const place = deciding(store);
  const run = (commandId: string, ask: Ask, trace?: object): Promise<CommandOutcome> =>
    decideCommand(place, { commandId, ask, ...(trace && { trace }) });
  return { store, run };
};

const take = (cents: number): Ask => askPurse({ do: 'take', purse: 'a', cents });

const codeOf = (outcome: CommandOutcome): string => (outcome.outcome === 'refused' ? outcome.code : outcome.outcome);

/** An append before which each of the others gets its turn, once. */
const interrupted = (store: EventStore, others: (() => Promise<CommandOutcome>)[]): EventStore['append'] => {
  return async (append) => {
    await others.shift()?.();
    return store.append(append);
  };
};
