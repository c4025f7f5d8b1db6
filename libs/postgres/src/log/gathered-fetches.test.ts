import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FetchAsk, Fetched } from './fetch.ts';
import { type GatheredFetches, type GatheredFetchesLimits, gatheredFetches, type InHand } from './gathered-fetches.ts';

const topic = { id: 1, name: 'plenum.test', partitions: 8 };
const going = new AbortController().signal;

const rowsOf = (bytes: number): Fetched => ({
  first: 0n,
  end: 10n,
  rows: bytes === 0 ? [] : [{ lastOffset: 4n, count: 5, body: Buffer.alloc(bytes) }],
});

/** Fetches whose every statement brings so many bytes to each ask. `statements` names the partitions of each. */
const opened = (bytesOf: (ask: FetchAsk, index: number) => number, limits?: Partial<GatheredFetchesLimits>) => {
  const statements: number[][] = [];
  const fetches = gatheredFetches({
    read: (asks) => {
      statements.push(asks.map(({ place }) => place.partition));
      return Promise.resolve(asks.map((ask, index) => rowsOf(bytesOf(ask, index))));
    },
    ...(limits !== undefined && { limits }),
  });
  return { fetches, statements };
};

const ask = (fetches: GatheredFetches, partition: number, stop = going): Promise<InHand | undefined> =>
  fetches.next({ topic, partition }, 0n, stop);

const someTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
};

it('makes one statement of what is asked for in one turn, and of what is asked for while it is under way', async () => {
  const { fetches, statements } = opened(() => 1);
  const first = [0, 1, 2].map((partition) => ask(fetches, partition));
  await Promise.resolve();
  first.push(ask(fetches, 3));
  setImmediate(() => first.push(ask(fetches, 4), ask(fetches, 5)));
  await someTurns();
  assert.deepEqual(statements, [
    [0, 1, 2, 3],
    [4, 5],
  ]);
  assert.ok((await Promise.all(first)).every((inHand) => inHand !== undefined));
});

it('fetches nothing while too much is in hand, and goes on as soon as some is done with', async () => {
  const { fetches, statements } = opened(() => 60, { heldBytesMax: 100, stuckMs: 60_000 });
  const [one, two] = await Promise.all([ask(fetches, 0), ask(fetches, 1)]);
  const third = ask(fetches, 2);
  await someTurns();
  assert.deepEqual(statements, [[0, 1]]);
  one?.done();
  one?.done(); // Once more changes nothing.
  (await third)?.done();
  const fourth = ask(fetches, 3);
  await fourth;
  const fifth = ask(fetches, 4);
  await someTurns();
  assert.deepEqual(statements, [[0, 1], [2], [3]]);
  two?.done();
  await fifth;
});

it('does not wait for ever for a partition whose handler is stuck', async () => {
  const { fetches, statements } = opened(() => 100, { heldBytesMax: 100, stuckMs: 10 });
  await ask(fetches, 0);
  await ask(fetches, 1);
  await ask(fetches, 2);
  assert.deepEqual(statements, [[0], [1], [2]]);
});

it('lets the partition that had no room go first the next time', async () => {
  const { fetches, statements } = opened((_, index) => (index === 0 ? 50 : 0), { heldBytesMax: 1_000 });
  const all = [0, 1, 2].map((partition) => ask(fetches, partition));
  await all[0];
  const again = ask(fetches, 0);
  await Promise.all([...all, again]);
  assert.deepEqual(statements.slice(0, 2), [
    [0, 1, 2],
    [1, 2, 0],
  ]);
});

it('fetches nothing for who has stopped', async () => {
  const { fetches, statements } = opened(() => 1);
  const stop = new AbortController();
  const stopped = ask(fetches, 0, stop.signal);
  const other = ask(fetches, 1);
  stop.abort();
  assert.equal(await stopped, undefined);
  await other;
  assert.deepEqual(statements, [[1]]);
});

it('rejects all that a statement was for when it fails, and goes on', async () => {
  let failures = 1;
  const { fetches } = opened(() => {
    failures -= 1;
    if (failures === 0) throw new Error('away');
    return 1;
  });
  await Promise.all([0, 1].map((partition) => assert.rejects(ask(fetches, partition), /away/)));
  assert.ok(await ask(fetches, 0));
});
