/** What is left of a decision whose outcome nobody heard, and what may not be rebuilt over it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Append, rebuildStreams, TransientFailure } from '@plenum/runtime';
import { memoryLog, pursesCodec, pursesTopic } from '@plenum/runtime/testing';
import { cutProxy } from '../log/testing/cut-proxy.ts';
import { testDatabase } from '../testing/index.ts';
import { openTestStore, storeRows } from './testing/open-test-store.ts';

const opened = (commandId: string, purse: string): Append => ({
  commandId,
  streams: [
    {
      stream: `purse-${purse}`,
      expectedVersion: 0,
      events: [
        {
          id: `00000000-0000-7000-8000-00000000000${purse.length}`,
          ...{ type: 'test.PurseOpened', source: 'here', effectiveTimeUs: 0, recordedTimeUs: 0, data: { purse } },
          decision: { stream: `purse-${purse}`, version: 1, organisation: 'default', commandId },
        },
      ],
    },
  ],
});

test('nothing is left of a decision that was cut short', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const store = await openTestStore(t, proxy.url);
  const sure = await openTestStore(t, url);
  await store.append(opened('c1', 'a'));
  const cuts = [
    // It goes in one packet, of which the last message is lost.
    { when: 'before-sync', of: opened('c2', 'bb') },
    // It goes step by step, and the answer to the first is lost.
    { when: 'at-answer', of: { ...opened('c3', 'ccc'), alongside: async () => {} } },
  ] as const;
  for (const { when, of } of cuts) {
    proxy.cut(when);
    await assert.rejects(store.append(of), TransientFailure);
    proxy.cut('never');
    assert.equal(await sure.answered(of.commandId), undefined);
    const [{ stream } = { stream: '' }] = of.streams;
    assert.deepEqual(await sure.load(stream), { version: 0, events: [], organisation: undefined });
    assert.equal((await store.append(of)).outcome, 'appended');
    assert.equal((await store.append(of)).outcome, 'known');
  }
});

test('a decision whose commit was not heard of is known when it is asked again', async (t) => {
  const { url, pool } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const store = await openTestStore(t, proxy.url);
  const cuts = [
    { when: 'at-answer', of: opened('c1', 'a') },
    { when: 'at-commit', of: { ...opened('c2', 'bb'), alongside: async () => {} } },
  ] as const;
  for (const { when, of } of cuts) {
    const before = proxy.answersLost();
    proxy.cut(when);
    await assert.rejects(store.append(of), TransientFailure);
    assert.equal(proxy.answersLost(), before + 1);
    proxy.cut('never');
    assert.equal((await store.append(of)).outcome, 'known');
  }
  const { rows } = await pool.query(
    `select (select count(*)::int from plenum_store.stream_event) as events,
            (select sum(next_offset)::int from plenum_store.log_head) as records,
            (select count(*)::int from plenum_store.log_producer) as producers`,
  );
  assert.deepEqual(rows, [{ events: 2, records: 2, producers: 0 }]);
});

test('nothing is rebuilt while something waits to be relayed', async (t) => {
  const { url, pool } = await testDatabase(t);
  const store = await openTestStore(t, url);
  await store.append(opened('c1', 'a'));
  await pool.query('truncate plenum_store.stream, plenum_store.stream_event, plenum_store.command');
  const rebuilt = rebuildStreams({
    ...{ log: memoryLog([pursesTopic]), topics: [pursesTopic], reserving: [], codec: pursesCodec, store },
  });
  await assert.rejects(rebuilt, /not yet relayed/);
  assert.deepEqual(await storeRows(pool), { stream: [], stream_event: [], command: [], request: [], reservation: [] });
});
