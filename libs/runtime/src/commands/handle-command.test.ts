import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command, NotDone, Receipt } from '@plenum/event';
import { by, deciding, howOf } from '../testing/event-store-contract-append.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { moveCoins, PurseOpened, purseCommand, pursesCodec, pursesTopic } from '../testing/sample-purses.ts';
import type { EventStore } from './event-store.ts';
import { handleCommand, isKnownCommand } from './handle-command.ts';

describe('handleCommand', () => {
  it('records what was decided, with ids, times, place and trace', async () => {
    const { run, store } = world();
    const trace = { correlationId: 'r1' };
    const done = await run('c1', purseCommand({ do: 'open', purse: 'a' }), { trace });
    assert.deepEqual(done, { outcome: 'done', how: 'recorded', id: 'a', stream: 'purse-a', version: 1 });
    const { events } = await store.load('purse-a');
    const [event] = events;
    const { id, effectiveTimeUs, recordedTimeUs, ...rest } = event ?? assert.fail('nothing was recorded');
    assert.match(id, /^0[0-9a-f]{7}-[0-9a-f]{4}-7/);
    assert.equal(effectiveTimeUs, recordedTimeUs);
    const decision = { stream: 'purse-a', version: 1, organisation: 'default', commandId: 'test.open a plenum c1' };
    assert.deepEqual(rest, { type: PurseOpened.type, source: 'purse-a', data: { purse: 'a' }, trace, decision });
  });

  it('answers the same command the same, and a refusal anew', async () => {
    const { run } = world();
    const put = purseCommand({ do: 'put', purse: 'a', cents: 1 });
    assert.equal(howOf(await run('c1', put)), 'not-found');
    await run('c1', purseCommand({ do: 'open', purse: 'a' }));
    const receipt = { outcome: 'done', id: 'a', stream: 'purse-a', version: 2 };
    assert.deepEqual(await run('c1', put), { ...receipt, how: 'recorded' });
    assert.deepEqual(await run('c1', put), { ...receipt, how: 'known' });
    const more = purseCommand({ do: 'put', purse: 'a', cents: 9 });
    assert.deepEqual(await run('c1', more), { ...receipt, how: 'known' }, 'whatever it asks now');
  });

  it('knows a command by its name, its entity, its actor and its id', async () => {
    const { run, place } = world();
    const open = purseCommand({ do: 'open', purse: 'a' });
    assert.equal(await isKnownCommand(place, open, by('c1')), false);
    await run('c1', open);
    assert.equal(await isKnownCommand(place, open, by('c1')), true);
    assert.equal(await isKnownCommand(place, open, by('c2')), false);
    assert.equal(await isKnownCommand(place, { ...open, name: 'test.other' }, by('c1')), false);
    assert.equal(await isKnownCommand(place, { ...open, stream: 'purse-b' }, by('c1')), false);
    const other = (id: string) => by('c1', { actor: { id, kind: 'oidc', organisation: 'default', permissions: [] } });
    assert.equal(await isKnownCommand(place, open, other('plenum')), false);
  });

  it('finds what it made under a new id when it is asked again', async () => {
    const { run } = world();
    const open = (purse: string) => purseCommand({ do: 'open', purse }, { newId: true });
    const receipt = { outcome: 'done', id: 'a', stream: 'purse-a', version: 1 };
    assert.deepEqual(await run('c1', open('a')), { ...receipt, how: 'recorded' });
    assert.deepEqual(await run('c1', open('b')), { ...receipt, how: 'known' });
  });

  it('refuses ids that would not be distinguished from others, or would not fit', async () => {
    const { run } = world();
    const open = (purse: string) => purseCommand({ do: 'open', purse });
    assert.equal(howOf(await run('', open('a'))), 'invalid');
    assert.equal(howOf(await run('é', open('a'))), 'invalid');
    assert.equal(howOf(await run('x y', open('a'))), 'invalid');
    assert.equal(howOf(await run('x'.repeat(201), open('a'))), 'invalid');
    assert.equal(howOf(await run('c1', open('a b'))), 'not-found');
    assert.equal(howOf(await run('c1', open('x'.repeat(201)))), 'not-found');
  });

  it('says so when nothing changes, and leaves no trace of it', async () => {
    const { run, place } = world();
    const open = purseCommand({ do: 'open', purse: 'a' });
    await run('c1', open);
    const receipt = { outcome: 'done', how: 'unchanged', id: 'a', stream: 'purse-a', version: 1 };
    assert.deepEqual(await run('c2', open), receipt);
    assert.equal(await isKnownCommand(place, open, by('c2')), false);
  });

  it('reports which streams were changed, when they were', async () => {
    const changed: unknown[] = [];
    const { store, run } = world();
    const place = { ...deciding(store), changed: (streams: unknown) => void changed.push(streams) };
    for (const purse of ['a', 'b']) await run('c1', purseCommand({ do: 'open', purse }));
    await run('c1', purseCommand({ do: 'put', purse: 'a', cents: 3 }));
    await handleCommand(place, moveCoins('a', 'b', 3), by('c2'));
    await handleCommand(place, moveCoins('a', 'b', 3), by('c2'));
    await handleCommand(place, moveCoins('a', 'b', 3), by('c3'));
    assert.deepEqual(changed, [
      [
        { stream: 'purse-a', version: 3 },
        { stream: 'purse-b', version: 2 },
      ],
    ]);
  });

  it('decides several streams together, or none of them', async () => {
    const { run, store } = world();
    for (const purse of ['a', 'b']) await run(purse, purseCommand({ do: 'open', purse }));
    await run('c1', purseCommand({ do: 'put', purse: 'a', cents: 10 }));
    assert.deepEqual(howOf(await run('c2', moveCoins('a', 'b', 11))), 'not-now');
    assert.deepEqual(howOf(await run('c3', moveCoins('a', 'none', 1))), 'not-found');
    assert.equal((await store.load('purse-a')).version, 2);
    const moved = await run('c4', moveCoins('a', 'b', 4));
    assert.deepEqual(moved, { outcome: 'done', how: 'recorded', id: 'a', stream: 'purse-a', version: 3 });
    assert.equal((await store.load('purse-b')).version, 2);
    await assert.rejects(run('c5', moveCoins('a', 'a', 1)), /asks twice/);
  });

  it('decides only on the version that was asked for', async () => {
    const { run } = world();
    const put = purseCommand({ do: 'put', purse: 'a', cents: 1 });
    const seen = (expectedVersion: number) => ({ expectedVersion });
    await run('c1', purseCommand({ do: 'open', purse: 'a' }), seen(0));
    const conflict = (version: number) => ({ outcome: 'conflict', stream: 'purse-a', version });
    assert.deepEqual(await run('c2', put, seen(0)), conflict(1));
    assert.deepEqual(await run('c3', put, seen(2)), conflict(1));
    assert.equal(howOf(await run('c4', put, seen(1))), 'recorded');
    assert.deepEqual(await run('c5', put, seen(1)), conflict(2));
    // What is decided with it has versions of its own, that nobody has to have seen.
    await run('c1', purseCommand({ do: 'open', purse: 'b' }));
    const also = (expectedVersion: number) => ({
      ...put,
      also: () => [purseCommand({ do: 'put', purse: 'b', cents: 1 }, { expectedVersion })],
    });
    assert.deepEqual(await run('c6', also(7), seen(2)), { outcome: 'conflict', stream: 'purse-b', version: 1 });
    assert.equal(howOf(await run('c7', also(1), seen(2))), 'recorded');
  });

  it('decides again on what is there when somebody was faster', async () => {
    const { run, store } = world();
    await run('c1', purseCommand({ do: 'open', purse: 'a' }));
    await run('c2', purseCommand({ do: 'put', purse: 'a', cents: 10 }));
    // Between reading and recording somebody else takes nearly all of it.
    const others = [...Array(3)].map((_, index) => () => run(`other-${index}`, take(3)));
    const hurried = { ...store, append: interrupted(store, others) };
    const outcome = await handleCommand(deciding(hurried), take(2), by('c3'));
    assert.deepEqual(howOf(outcome), 'not-now');
    assert.equal((await store.load('purse-a')).version, 5);
  });

  it('gives up on a stream that never stands still, and at once where a version was asked for', async () => {
    const { run, store } = world();
    await run('c1', purseCommand({ do: 'open', purse: 'a' }));
    const put = (id: string) => run(id, purseCommand({ do: 'put', purse: 'a', cents: 1 }));
    const busy = (prefix: string, times: number) =>
      deciding({
        ...store,
        append: interrupted(
          store,
          [...Array(times)].map((_, index) => () => put(prefix + index)),
        ),
      });
    const command = purseCommand({ do: 'put', purse: 'a', cents: 1 });
    const conflict = await handleCommand(busy('x', 99), command, by('c2', { expectedVersion: 1 }));
    assert.deepEqual(conflict, { outcome: 'conflict', stream: 'purse-a', version: 2 });
    const outcome = await handleCommand(busy('y', 99), command, by('c3'));
    assert.deepEqual(outcome, { outcome: 'conflict', stream: 'purse-a', version: 12 });
    assert.equal(howOf(await handleCommand(busy('z', 9), command, by('c3'))), 'recorded');
  });
});

const world = () => {
  const store = memoryEventStore({ topics: [pursesTopic], codec: pursesCodec });
  const place = deciding(store);
  const run = (id: string, command: Command, more = {}): Promise<Receipt | NotDone> =>
    handleCommand(place, command, by(id, more));
  return { store, run, place };
};

const take = (cents: number): Command => purseCommand({ do: 'take', purse: 'a', cents });

/** An append before which each of the others gets its turn, once. */
const interrupted = (store: EventStore, others: (() => Promise<unknown>)[]): EventStore['append'] => {
  return async (append) => {
    await others.shift()?.();
    return store.append(append);
  };
};
