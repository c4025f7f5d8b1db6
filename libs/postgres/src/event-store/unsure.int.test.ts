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
  // The answer to its first statement is lost: the server rolls back.
  proxy.cut('at-answer');
  await assert.rejects(store.append(opened('c2', 'bb')), TransientFailure);
  proxy.cut('never');
  assert.equal(await sure.answered('c2'), undefined);
  assert.deepEqual(await sure.load('purse-bb'), { version: 0, events: [], organisation: undefined });
  assert.equal((await store.append(opened('c2', 'bb'))).outcome, 'appended');
  assert.equal((await store.append(opened('c2', 'bb'))).outcome, 'known');
});

test('a decision whose commit was not heard of is known when it is asked again', async (t) => {
  const { url, pool } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const store = await openTestStore(t, proxy.url);
  proxy.cut('at-commit');
  await assert.rejects(store.append(opened('c1', 'a')), TransientFailure);
  assert.equal(proxy.answersLost(), 1);
  proxy.cut('never');
  assert.equal((await store.append(opened('c1', 'a'))).outcome, 'known');
  const { rows } = await pool.query(
    `select (select count(*)::int from plenum_store.stream_event) as events,
            (select sum(next_offset)::int from plenum_store.log_head) as records,
            (select count(*)::int from plenum_store.log_producer) as producers`,
  );
  assert.deepEqual(rows, [{ events: 1, records: 1, producers: 0 }]);
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
