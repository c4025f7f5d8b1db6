import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { cutProxy } from '../log/testing/cut-proxy.ts';
import { testDatabase } from '../testing/index.ts';
import { postgresHolds } from './postgres-holds.ts';

const openedAt = (t: TestContext, url: string) => {
  const holds = postgresHolds({ url });
  t.after(() => holds.close());
  return holds;
};

const twoProcesses = async (t: TestContext) => {
  const { url, pool } = await testDatabase(t);
  return { one: openedAt(t, url), other: openedAt(t, url), pool };
};

test('a name is held by one at a time, here and elsewhere', async (t) => {
  const { one, other } = await twoProcesses(t);
  const held = (await one.hold('a')) ?? assert.fail('nobody held it');
  assert.equal(await one.hold('a'), undefined);
  assert.equal(await other.hold('a'), undefined);
  const another = await other.hold('b');
  assert.ok(another);
  await held.letGo();
  const again = await other.hold('a');
  assert.ok(again);
  assert.equal(await one.hold('a'), undefined);
  await Promise.all([again.letGo(), another.letGo()]);
  assert.ok(await one.hold('a'));
});

test('of many who want it at once one gets it, again and again', async (t) => {
  const { one, other } = await twoProcesses(t);
  for (let round = 0; round < 20; round += 1) {
    const held = (await Promise.all([one, other, one, other, one].map((holds) => holds.hold('a')))).filter(Boolean);
    assert.equal(held.length, 1, `round ${round}`);
    await held[0]?.letGo();
  }
});

test('what is held ends with its connection, and the next is held on another', async (t) => {
  const { one, other, pool } = await twoProcesses(t);
  const lost = (await one.hold('a')) ?? assert.fail('nobody held it');
  await pool.query(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'plenum requests'",
  );
  const taken = (await other.hold('a')) ?? assert.fail('it is still held');
  // The one that lost it does not take it from the other one.
  await lost.letGo();
  assert.equal(await one.hold('a'), undefined);
  await taken.letGo();
  assert.ok(await one.hold('a'));
});

test('nothing is held while the database is away, and all is well after', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const holds = openedAt(t, proxy.url);
  proxy.cut('at-answer');
  await assert.rejects(holds.hold('a'), TransientFailure);
  proxy.cut('never');
  assert.ok(await holds.hold('a'));
});
