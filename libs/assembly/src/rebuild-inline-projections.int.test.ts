/** Everything that is derived, dropped and made again from the log alone, with the master key and without it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { accessTables, accessTopic, credentialHashesTopic } from '@plenum/access';
import { restoredAccess } from '@plenum/authentication';
import {
  byPlenum,
  done,
  here,
  newKey,
  newSecret,
  newUser,
  shown,
  type TestAuthentication,
  testAuthentication,
  testPersonal,
} from '@plenum/authentication/testing';
import { reserving } from '@plenum/catalogue';
import type { MasterKeys } from '@plenum/credentials';
import { query } from '@plenum/postgres';
import { outboxLag, type PersonalParts, rebuildStreams, runOutboxRelay } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { type RebuildInline, rebuildInlineProjections } from './rebuild-inline-projections.ts';

const topics = [accessTopic, credentialHashesTopic];
const storeTables = ['stream', 'stream_event', 'command', 'reservation'];

const contents = async ({ pool }: TestAuthentication): Promise<unknown> => {
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
  const world = await testAuthentication(t);
  const { authentication } = world;
  const ana = await newUser(authentication, 'administrator', 'ana');
  const off = await newUser(authentication, 'guest', 'off');
  const [key, revoked] = [await newKey(authentication, 'operator'), await newKey(authentication, 'guest')];
  const ended = await authentication.logins.login({ ...here, login: 'ana', password: ana.password });
  assert.ok(ended.outcome === 'started');
  await done(authentication.sessions.end(ended.tokenId, byPlenum()));
  await done(authentication.users.change(off.id, { login: 'out', role: 'operator', ...byPlenum() }));
  await done(authentication.users.disable(off.id, byPlenum()));
  await done(authentication.keys.revoke(revoked.id, byPlenum()));
  await relayed(world);
  return { world, ana, key };
};

const relayed = async ({ store, log }: TestAuthentication): Promise<void> => {
  const stop = new AbortController();
  const running = runOutboxRelay({ ...store, log, topics, logger: silentLogger }, stop.signal);
  while ((await outboxLag({ ...store, topics })).some(({ records }) => records > 0n));
  stop.abort();
  await running;
};

const dropAll = async ({ pool }: TestAuthentication): Promise<void> => {
  await pool.query(`truncate ${accessTables.map((name) => `plenum_access.${name}`).join(', ')}`);
  await pool.query(`truncate ${storeTables.map((name) => `plenum_store.${name}`).join(', ')}`);
};

/** What the command does with the tables, and what it then says of them. */
const rebuilding = async (
  world: TestAuthentication,
  sources: RebuildInline['sources'],
  keys: MasterKeys | undefined,
  personal: PersonalParts | undefined,
) => {
  const [rebuilt] = await rebuildInlineProjections({ database: world, sources, codec: world.codec, personal });
  const restored = await restoredAccess((text, parameters) => query(world.pool, text, parameters), keys);
  return { ...restored, events: rebuilt?.events ?? 0 };
};

describe('access made again from the log', () => {
  it('is what it was, and everybody gets in who did', async (t) => {
    const { world, ana, key } = await lived(t);
    const before = await contents(world);
    await dropAll(world);
    await rebuildStreams({
      log: world.log,
      topics,
      store: world.store,
      reserving,
      codec: world.codec,
      personal: world.personal,
    });
    const { log, config } = world;
    const masterKeys = { current: config.PLENUM_MASTER_KEY };
    const rebuilt = await rebuilding(world, [log], masterKeys, world.personal);
    assert.deepEqual(await contents(world), before);
    assert.deepEqual([rebuilt.users, rebuilt.keys, rebuilt.sessions], [2, 2, 3]);
    assert.deepEqual(rebuilt.hashes, { usable: 3, undecryptable: 0, tampered: 0 });
    assert.match(rebuilt.summary, /^Everybody can log in/);
    const other = await world.another();
    for (const credential of [ana, key])
      assert.equal((await other.authenticate(shown(credential))).outcome, 'authenticated');
    assert.equal((await other.logins.login({ ...here, ...ana })).outcome, 'started');
    // Twice the same, also with the store's own log after it.
    const again = await rebuilding(world, [log, world.store.source], masterKeys, world.personal);
    assert.ok(again.events > rebuilt.events);
    assert.equal(again.sessions, 4);
  });

  it('without the master key is all but the ability to log in, and says so', async (t) => {
    const { world, ana, key } = await lived(t);
    const before = await contents(world);
    await dropAll(world);
    const { log, codec } = world;
    const rebuildWith = async (current: string | undefined, personal: PersonalParts | undefined) => {
      const masterKeys = current === undefined ? undefined : { current };
      await rebuildStreams({ log, topics, store: world.store, reserving, codec, personal, replace: true });
      return rebuilding(world, [log], masterKeys, personal);
    };
    const rebuilt = await rebuildWith(undefined, undefined);
    assert.deepEqual(rebuilt.hashes, { usable: 0, undecryptable: 3, tampered: 0 });
    assert.deepEqual([rebuilt.users, rebuilt.withoutLogin], [2, 2]);
    assert.match(rebuilt.summary, /PLENUM_MASTER_KEY is not set: nobody can log in.*No login can be read without it/);

    const other = newSecret();
    const config = { ...world.config, PLENUM_MASTER_KEY: other };
    const locked = await testPersonal(t, { pool: world.pool, masterKeys: { current: other } });
    const wrong = await rebuildWith(other, locked);
    assert.match(wrong.summary, /3 of 3 users and keys were encrypted with another PLENUM_MASTER_KEY/);
    assert.match(wrong.summary, /2 of 2 users have no login/);
    const keyless = await world.another({ config, personal: locked });
    assert.equal((await keyless.logins.login({ ...here, ...ana })).outcome, 'refused');
    assert.equal((await keyless.authenticate(shown(key))).outcome, 'refused');
    assert.equal((await keyless.authenticate(shown(ana))).outcome, 'authenticated', 'a user with a session keeps it');
    assert.ok(keyless.metrics().credentialHashesUnreadable > 0);

    const right = await rebuildWith(world.config.PLENUM_MASTER_KEY, world.personal);
    assert.deepEqual(await contents(world), before, 'encrypted as they were');
    assert.equal(right.withoutLogin, 0);
    assert.equal((await world.authentication.logins.login({ ...here, ...ana })).outcome, 'started');
    const reset = await done(keyless.users.resetPassword(ana.id, byPlenum()));
    const password = reset.secret ?? '';
    const withOther = await keyless.logins.login({ ...here, login: 'ana', password });
    assert.equal(withOther.outcome, 'refused', 'who it is cannot be read by this process');
  });

  it('with a lost key of a person is all but this one login, which an administrator can give again', async (t) => {
    const { world, ana } = await lived(t);
    const bo = await newUser(world.authentication, 'guest', 'bo');
    await relayed(world);
    await world.pool.query('delete from plenum_person.person_key where person = $1', [ana.id]);
    await dropAll(world);
    const { log, codec, personal, store } = world;
    const restored = await rebuildStreams({ log, topics, store, reserving, codec, personal });
    assert.equal(restored.reservations, 2);
    const masterKeys = { current: world.config.PLENUM_MASTER_KEY };
    const rebuilt = await rebuilding(world, [log], masterKeys, personal);
    assert.match(rebuilt.summary, /^1 of 3 users have no login/);
    const other = await world.another();
    assert.equal((await other.logins.login({ ...here, ...ana })).outcome, 'refused');
    assert.equal((await other.logins.login({ ...here, ...bo })).outcome, 'started');
    const refused = await other.users.resetPassword(ana.id, byPlenum());
    assert.equal(refused.outcome === 'refused' && refused.code, 'not-now');
    await done(other.users.change(ana.id, { login: 'ana', ...byPlenum() }));
    const started = await other.logins.login({ ...here, ...ana });
    assert.equal(started.outcome === 'started' && started.user.name, 'ana', 'the name stays erased');
  });
});
