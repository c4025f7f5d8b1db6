/** Decisions that are taken at the same time: what they share, and that each is answered as if it were alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Append, StreamAppend } from '@plenum/runtime';
import type pg from 'pg';
import { testDatabase } from '../testing/index.ts';
import { openTestStore } from './testing/open-test-store.ts';

/** Opens a purse, or puts a coin into one that is at that version. */
const change = (commandId: string, purse: string, expectedVersion: number): StreamAppend => {
  const stream = `purse-${purse}`;
  const at = { source: stream, effectiveTimeUs: 0, recordedTimeUs: 0 };
  const opened = { type: 'test.PurseOpened', data: { purse } };
  const put = { type: 'test.CoinsPut', data: { purse, cents: 1 } };
  const id = `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`;
  const decision = { stream, version: expectedVersion + 1, organisation: 'default', commandId };
  return { stream, expectedVersion, events: [{ id, ...at, ...(expectedVersion === 0 ? opened : put), decision }] };
};
let ids = 0;

const appendOf = (commandId: string, ...changes: readonly (readonly [purse: string, version: number])[]): Append => ({
  commandId,
  streams: changes.map(([purse, version]) => change(commandId, purse, version)),
});

const transactions = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ count: number }>(
    'select count(distinct xmin::text)::int as count from plenum_store.stream_event',
  );
  return rows[0]?.count ?? 0;
};

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `p${index}`);

test('what is decided at the same time is recorded in few transactions', async (t) => {
  const { url, pool } = await testDatabase(t);
  const store = await openTestStore(t, url);
  const all = await Promise.all(names(40).map((name) => store.append(appendOf(`open ${name}`, [name, 0]))));
  for (const [index, appended] of all.entries()) {
    const stream = `purse-p${index}`;
    const answer = { commandId: `open p${index}`, streams: [{ stream, version: 1 }] };
    assert.deepEqual(appended, { outcome: 'appended', answer });
    assert.deepEqual(await store.answered(`open p${index}`), answer);
    const { version, events } = await store.load(stream);
    assert.deepEqual([version, events.map(({ id }) => id).length], [1, 1]);
  }
  assert.ok((await transactions(pool)) <= 3, 'they went one by one');
});

test('one that cannot be recorded keeps no other from it', async (t) => {
  const { url } = await testDatabase(t);
  const store = await openTestStore(t, url);
  await store.append(appendOf('known', ['k', 0]));
  await store.append(appendOf('first', ['f', 0]));
  const [good, conflicting, known, other] = await Promise.all([
    store.append(appendOf('good', ['g', 0])),
    store.append(appendOf('late', ['f', 0])),
    store.append(appendOf('known', ['k', 0])),
    store.append(appendOf('other', ['o', 0], ['f', 1])),
  ]);
  assert.equal(good?.outcome, 'appended');
  // With the version that it has when it is recorded by itself, before or after the last of these.
  assert.partialDeepStrictEqual(conflicting, { outcome: 'conflict', stream: 'purse-f' });
  assert.equal(known?.outcome, 'known');
  assert.equal(other?.outcome, 'appended');
  assert.deepEqual(
    (await store.loadAll(['purse-g', 'purse-f', 'purse-k', 'purse-o'])).map(({ version }) => version),
    [1, 2, 1, 1],
  );
});

test('others go on together without those that somebody else overtook', async (t) => {
  const { url, pool } = await testDatabase(t);
  const store = await openTestStore(t, url);
  await store.append(appendOf('first', ['f', 0]));
  await store.append(appendOf('second', ['s', 0]));
  const all = await Promise.all([
    store.append(appendOf('late', ['f', 0])),
    store.append(appendOf('good', ['g', 0])),
    store.append(appendOf('ahead', ['s', 7])),
    store.append(appendOf('other', ['o', 0])),
  ]);
  assert.deepEqual(
    all.map((one) => (one.outcome === 'conflict' ? one : one.outcome)),
    [
      { outcome: 'conflict', stream: 'purse-f', version: 1 },
      'appended',
      { outcome: 'conflict', stream: 'purse-s', version: 1 },
      'appended',
    ],
  );
  assert.equal(await transactions(pool), 3);
  assert.equal(await store.answered('late'), undefined);
});

test('a command that comes twice at the same time is recorded once', async (t) => {
  const { url } = await testDatabase(t);
  const [store, other] = [await openTestStore(t, url), await openTestStore(t, url)];
  const asked = names(10).map((name) => appendOf(`open ${name}`, [name, 0]));
  const all = await Promise.all(asked.flatMap((one) => [store.append(one), store.append(one), other.append(one)]));
  assert.equal(all.filter(({ outcome }) => outcome === 'appended').length, 10);
  assert.equal(all.filter(({ outcome }) => outcome === 'known').length, 20);
});

test('an event that cannot be read fails the load of its own stream', async (t) => {
  const { url, pool } = await testDatabase(t);
  const store = await openTestStore(t, url);
  for (const name of names(3)) await store.append(appendOf(`open ${name}`, [name, 0]));
  await pool.query(`update plenum_store.stream_event set value = '\\xff' where stream = 'purse-p1'`);
  const loads = await Promise.allSettled(names(3).map((name) => store.load(`purse-${name}`)));
  assert.deepEqual(
    loads.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('processes that decide on the same streams in any order never wait in a circle', async (t) => {
  const { url } = await testDatabase(t);
  const stores = [await openTestStore(t, url), await openTestStore(t, url), await openTestStore(t, url)];
  const purses = names(6);
  const versions = new Map<string, number>();
  let appended = 0;
  for (let round = 0; round < 15; round += 1) {
    const asked = stores.flatMap((store, of) =>
      purses.map((purse, index) => {
        const other = purses[(index * (of + 1) + round + 1) % purses.length] ?? '';
        const both = other === purse ? [purse] : [purse, other];
        // Each process has another order, and some commands are of two streams.
        const changed = (index % 2 === 0 ? both : [purse]).map((name) => [name, versions.get(name) ?? 0] as const);
        return { store, append: appendOf(`${round}/${of}/${index}`, ...changed) };
      }),
    );
    // 5 and 18 have no common divisor: all of them, in another order.
    const turned = asked.map((_, index) => asked.at((index * 5) % asked.length)).filter((one) => one !== undefined);
    const all = await Promise.all(turned.map((one) => one.store.append(one.append)));
    for (const one of all) {
      assert.ok(one.outcome === 'appended' || one.outcome === 'conflict', one.outcome);
      if (one.outcome !== 'appended') continue;
      appended += 1;
      for (const { stream, version } of one.answer.streams) versions.set(stream.slice('purse-'.length), version);
    }
  }
  assert.ok(appended >= 15);
  const loaded = await stores[0]?.loadAll(purses.map((name) => `purse-${name}`));
  assert.deepEqual(
    loaded?.map(({ version, events }) => [version, events.length]),
    purses.map((name) => [versions.get(name) ?? 0, versions.get(name) ?? 0]),
  );
});
