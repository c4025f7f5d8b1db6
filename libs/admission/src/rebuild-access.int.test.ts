/** Everything that is derived, dropped and made again from the log alone, with the master key and without it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { accessTables, accessTopic, verifiersTopic } from '@plenum/access';
import { reserving } from '@plenum/catalogue';
import { outboxLag, rebuildStreams, runOutboxRelay } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { rebuildAccess } from './rebuild-access.ts';
import {
  byPlenum,
  done,
  here,
  newKey,
  newSecret,
  newUser,
  shown,
  type TestAdmission,
  testAdmission,
} from './testing/index.ts';

const topics = [accessTopic, verifiersTopic];
const storeTables = ['stream', 'stream_event', 'command', 'reservation'];

const contents = async ({ pool }: TestAdmission): Promise<unknown> => {
  const tables = [
    ...accessTables.map((name) => `plenum_access.${name}`),
    ...storeTables.map((name) => `plenum_store.${name}`),
  ];
  const rows: Record<string, unknown> = {};
  for (const table of tables) rows[table] = (await pool.query(`select t::text as row from ${table} t order by 1`)).rows;
  return rows;
};

/** Somebody of everything, and all of it in the log. */
const lived = async (t: TestContext) => {
  const world = await testAdmission(t);
  const { admission } = world;
  const ana = await newUser(admission, 'administrator', 'ana');
  const off = await newUser(admission, 'guest', 'off');
  const [key, revoked] = [await newKey(admission, 'operator'), await newKey(admission, 'guest')];
  const ended = await admission.logins.login({ ...here, login: 'ana', password: ana.password });
  assert.ok(ended.outcome === 'started');
  await done(admission.sessions.end(ended.tokenId, byPlenum()));
  await done(admission.users.change(off.id, { login: 'out', role: 'operator', ...byPlenum() }));
  await done(admission.users.disable(off.id, byPlenum()));
  await done(admission.keys.revoke(revoked.id, byPlenum()));
  await relayed(world);
  return { world, ana, key };
};

const relayed = async ({ store, log }: TestAdmission): Promise<void> => {
  const stop = new AbortController();
  const running = runOutboxRelay({ ...store, log, topics, logger: silentLogger }, stop.signal);
  while ((await outboxLag({ ...store, topics })).some(({ records }) => records > 0n));
  stop.abort();
  await running;
};

const dropAll = async ({ pool }: TestAdmission): Promise<void> => {
  await pool.query(`truncate ${accessTables.map((name) => `plenum_access.${name}`).join(', ')}`);
  await pool.query(`truncate ${storeTables.map((name) => `plenum_store.${name}`).join(', ')}`);
};

describe('access made again from the log', () => {
  it('is what it was, and everybody gets in who did', async (t) => {
    const { world, ana, key } = await lived(t);
    const before = await contents(world);
    await dropAll(world);
    await rebuildStreams({ log: world.log, topics, store: world.store, reserving, codec: world.codec });
    const { databaseUrl, log, codec, config } = world;
    const masterKeys = { current: config.PLENUM_MASTER_KEY };
    const rebuilt = await rebuildAccess({ databaseUrl, sources: [log], codec, masterKeys });
    assert.deepEqual(await contents(world), before);
    assert.deepEqual([rebuilt.users, rebuilt.keys, rebuilt.sessions], [2, 2, 3]);
    assert.deepEqual(rebuilt.verifiers, { opened: 3, sealed: 0, tampered: 0 });
    assert.match(rebuilt.summary, /^Everybody can log in/);
    const other = await world.another();
    for (const credential of [ana, key]) assert.equal((await other.admit(shown(credential))).outcome, 'admitted');
    assert.equal((await other.logins.login({ ...here, ...ana })).outcome, 'started');
    // Twice the same, also with the store's own log after it.
    const again = await rebuildAccess({ databaseUrl, sources: [log, world.store.source], codec, masterKeys });
    assert.ok(again.events > rebuilt.events);
    assert.equal(again.sessions, 4);
  });

  it('without the master key is all but the ability to log in, and says so', async (t) => {
    const { world, ana, key } = await lived(t);
    const before = await contents(world);
    await dropAll(world);
    await rebuildStreams({ log: world.log, topics, store: world.store, reserving, codec: world.codec });
    const { databaseUrl, log, codec } = world;
    const rebuilt = await rebuildAccess({ databaseUrl, sources: [log], codec, masterKeys: undefined });
    assert.deepEqual(await contents(world), before, 'sealed as they were');
    assert.deepEqual(rebuilt.verifiers, { opened: 0, sealed: 3, tampered: 0 });
    assert.match(rebuilt.summary, /PLENUM_MASTER_KEY is not set: nobody can log in/);

    const config = { ...world.config, PLENUM_MASTER_KEY: newSecret() };
    const wrong = await rebuildAccess({
      databaseUrl,
      sources: [log],
      codec,
      masterKeys: { current: config.PLENUM_MASTER_KEY },
    });
    assert.match(wrong.summary, /^3 of 3 users and keys were sealed with another PLENUM_MASTER_KEY/);
    const keyless = await world.another({ config });
    assert.equal((await keyless.logins.login({ ...here, ...ana })).outcome, 'refused');
    assert.equal((await keyless.admit(shown(key))).outcome, 'refused');
    assert.equal((await keyless.admit(shown(ana))).outcome, 'admitted', 'whoever has a session keeps it');
    assert.ok(keyless.figures().verifiersUnreadable > 0);
    const reset = await done(keyless.users.resetPassword(ana.id, byPlenum()));
    const started = await keyless.logins.login({ ...here, login: 'ana', password: reset.secret ?? '' });
    assert.equal(started.outcome, 'started', 'with a new password');
  });
});
