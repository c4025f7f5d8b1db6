/** Passwords: right, wrong, guessed, old, changed. */
import assert from 'node:assert/strict';
import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { beginAttempt, type LoggedIn, loginHash, recordPasswordHash } from '@plenum/access';
import { formatPasswordHash, hashEncryption } from '@plenum/credentials';
import { plenumItself } from '@plenum/event';
import { inTransaction } from '@plenum/postgres';
import type { Sql } from '@plenum/read-model';
import { handleCommand, TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import {
  byPlenum,
  done,
  here,
  newSecret,
  newUser,
  shown,
  type TestAuthentication,
  testAuthentication,
} from './testing/index.ts';

/** A world whose clock a test may turn. It stands still otherwise, but for a tick, or a slow machine would wait by itself. */
const timed = async (t: Parameters<typeof testAuthentication>[0]) => {
  let nowUs = Date.now() * 1000;
  const clock = {
    nowUs: () => {
      nowUs += 1;
      return nowUs;
    },
  };
  const world = await testAuthentication(t, { parts: { clock } });
  const pass = (seconds: number): void => {
    nowUs += seconds * 1_000_000;
  };
  const login = (asked: { readonly login: string; readonly password: string; readonly address?: string }) =>
    world.authentication.logins.login({ ...here, ...asked });
  return { world, pass, login, clock };
};

const outcomes = (answers: readonly LoggedIn[]): readonly string[] => answers.map(({ outcome }) => outcome);

const hashRow = async ({ pool }: TestAuthentication, userId: string) => {
  const { rows } = await pool.query(
    'select encrypted, encrypted_with, stream_version from plenum_access.credential_hash where subject = $1',
    [userId],
  );
  return rows[0] as {
    readonly encrypted: Uint8Array;
    readonly encrypted_with: string;
    readonly stream_version: number;
  };
};

describe('logging in', () => {
  it('starts a session with what the user may do', async (t) => {
    const { world, login } = await timed(t);
    const ana = await newUser(world.authentication, 'operator', 'ana');
    const started = await login({ login: 'ANA', password: ana.password });
    assert.ok(started.outcome === 'started');
    assert.deepEqual(
      [started.user.id, started.user.role, started.stream],
      [ana.id, 'operator', `session-${started.tokenId}`],
    );
    assert.equal(started.version, 1);
    assert.equal(started.expiresAtUs - started.issuedAtUs, 86_400 * 1_000_000);
    const answer = await world.authentication.sessions.validate(started.token);
    assert.ok(answer.outcome === 'authenticated');
    assert.deepEqual(answer.described, { name: 'A operator', roles: ['operator'] });
  });

  it('says the same of everything that can be wrong', async (t) => {
    const { world, login } = await timed(t);
    const { authentication } = world;
    const ana = await newUser(authentication, 'operator', 'ana');
    const off = await newUser(authentication, 'operator', 'off');
    await done(authentication.users.disable(off.id, byPlenum()));
    const answers = [
      await login({ login: 'ana', password: 'wrong' }),
      await login({ login: 'nobody', password: ana.password }),
      await login({ login: 'off', password: off.password }),
      await login({ login: 'a\u0000b', password: 'x' }),
      await login({ login: 'ana', password: ana.password.repeat(100) }),
      await login({ login: '', password: '' }),
    ];
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.deepEqual(answers[0]?.outcome, 'refused');
  });

  it('gets slow for anyone who guesses, and stops for everybody after twenty', async (t) => {
    const { world, pass, login, clock } = await timed(t);
    const { authentication } = world;
    for (const name of ['ana', 'nobody']) {
      const ana = name === 'ana' ? await newUser(authentication, 'guest', name) : undefined;
      const guess = (address: string) => login({ login: name, password: 'a guess', address });
      const first = outcomes([...(await inTurn(6, () => guess('192.0.2.1')))]);
      assert.deepEqual(first, [...Array(5).fill('refused'), 'slow-down'], name);
      pass(2);
      assert.equal((await guess('192.0.2.1')).outcome, 'refused', 'after a wait');
      // As others before, whose passwords nobody need look at for the count.
      for (let index = 0; index < 13; index += 1) await countFailure(world, name, clock.nowUs(), `198.51.100.${index}`);
      assert.equal((await guess('198.51.100.99')).outcome, 'refused');
      const locked = await login({ login: name, password: ana?.password ?? 'x', address: '203.0.113.5' });
      assert.ok(locked.outcome === 'slow-down' && locked.retryAfterS > 800, JSON.stringify(locked));
      if (ana === undefined) continue;
      assert.equal((await authentication.authenticate(shown(ana))).outcome, 'authenticated', 'the session goes on');
      await untilLocked(world, ana.id);
      await done(authentication.users.unlock(ana.id, byPlenum()));
      assert.equal((await login({ login: name, password: ana.password })).outcome, 'started');
    }
  });

  it('is for a few at once from one network, however many logins are invented there', async (t) => {
    const { world, login } = await timed(t);
    const ana = await newUser(world.authentication, 'guest', 'ana');
    const strangers = Array.from({ length: 12 }, (_, index) =>
      login({ login: `x${index}`, password: 'a guess', address: '198.51.100.1' }),
    );
    const started = await login({ ...ana, address: '203.0.113.5' });
    assert.equal(started.outcome, 'started');
    const answers = outcomes(await Promise.all(strangers));
    assert.deepEqual(answers.toSorted(), [...Array(4).fill('refused'), ...Array(8).fill('slow-down')]);
  });

  it('is quick again for a user who was made to wait, once somebody unlocks the account', async (t) => {
    const { world, login, clock } = await timed(t);
    const ana = await newUser(world.authentication, 'guest', 'ana');
    for (let failure = 0; failure < 5; failure += 1) {
      await countFailure(world, 'ana', clock.nowUs(), here.address);
    }
    assert.equal((await login(ana)).outcome, 'slow-down');
    const unlocked = await done(world.authentication.users.unlock(ana.id, byPlenum()));
    assert.equal(unlocked.how, 'unchanged', 'nothing was locked');
    assert.equal((await login(ana)).outcome, 'started');
  });

  it('strengthens an old hash, and encrypts with the master key of today', async (t) => {
    const { world, login, clock } = await timed(t);
    const ana = await newUser(world.authentication, 'guest', 'ana');
    const encryption = hashEncryption({ current: world.config.PLENUM_MASTER_KEY });
    const salt = randomBytes(32).toString('hex');
    const hash = pbkdf2Sync('an old password', salt, 100_000, 32, 'sha256').toString('hex');
    const { encrypted, encryptedWith } = encryption.encrypt(
      ana.id,
      formatPasswordHash({ iterations: 100_000, salt, hash }),
    );
    const decisions = { store: world.store, clock, random: { bytes16: () => randomBytes(16) } };
    const recording = recordPasswordHash(ana.id, { bytes: encrypted, encryptedWith });
    assert.equal((await handleCommand(decisions, recording, { id: 'old', actor: plenumItself })).outcome, 'done');

    const stored = async () => {
      const row = await hashRow(world, ana.id);
      const opened = encryption.decrypt(ana.id, { encrypted: row.encrypted, encryptedWith: row.encrypted_with });
      assert.ok(opened.outcome === 'decrypted');
      return opened.text;
    };
    assert.match(await stored(), /^pbkdf2-sha256\$100000\$/);
    assert.equal((await login({ login: 'ana', password: 'not that one' })).outcome, 'refused');
    assert.match(await stored(), /^pbkdf2-sha256\$100000\$/);
    assert.equal((await login({ login: 'ana', password: 'an old password' })).outcome, 'started');
    assert.match(await stored(), /^pbkdf2-sha256\$600000\$/);
    const { stream_version } = await hashRow(world, ana.id);
    assert.equal((await login({ login: 'ana', password: 'an old password' })).outcome, 'started');
    assert.equal((await hashRow(world, ana.id)).stream_version, stream_version, 'once');

    const config = {
      ...world.config,
      PLENUM_MASTER_KEY: newSecret(),
      PLENUM_MASTER_KEY_PREVIOUS: world.config.PLENUM_MASTER_KEY,
    };
    const later = await world.another({ config });
    const started = await later.logins.login({ ...here, login: 'ana', password: 'an old password' });
    assert.equal(started.outcome, 'started');
    const fingerprint = hashEncryption({ current: config.PLENUM_MASTER_KEY }).encryptedWith;
    assert.equal((await hashRow(world, ana.id)).encrypted_with, fingerprint);
    assert.equal(
      (await login({ login: 'ana', password: 'an old password' })).outcome,
      'refused',
      'with the former key only',
    );
    assert.equal(world.authentication.metrics().credentialHashesUnreadable, 1);
  });

  it('is not held against anybody who gets it right', async (t) => {
    const { world, login } = await timed(t);
    const ana = await newUser(world.authentication, 'guest', 'ana');
    assert.deepEqual(outcomes(await inTurn(8, () => login(ana))), Array(8).fill('started'));
    const { rows } = await world.pool.query('select sum(failures)::int as failures from plenum_access.login_attempt');
    assert.deepEqual(rows, [{ failures: 0 }]);
  });
});

describe('another master key', () => {
  it('is logged at the start, and what it cannot open is not held against anybody', async (t) => {
    const { world, login } = await timed(t);
    const ana = await newUser(world.authentication, 'guest', 'ana');
    const warned: unknown[] = [];
    const logger = { ...silentLogger, warn: (fields: object) => warned.push(fields) };
    await world.another({ logger });
    assert.deepEqual(warned, [], 'all can be opened');
    const config = { ...world.config, PLENUM_MASTER_KEY: newSecret() };
    const odd = await world.another({ logger, config });
    assert.deepEqual(warned, [{ hashes: 1 }]);
    const odds = await inTurn(6, () => odd.logins.login({ ...here, ...ana }));
    assert.deepEqual(outcomes(odds), Array(6).fill('refused'));
    const { rows } = await world.pool.query('select sum(failures)::int as failures from plenum_access.login_attempt');
    assert.deepEqual(rows, [{ failures: 0 }]);
    assert.equal((await login(ana)).outcome, 'started');
  });
});

describe('a right password', () => {
  it('is not counted as a failure when it could not be checked, or when what it leads to fails', async (t) => {
    const { world, login } = await timed(t);
    const ana = await newUser(world.authentication, 'guest', 'ana');
    const failures = async () => {
      const { rows } = await world.pool.query('select sum(failures)::int as failures from plenum_access.login_attempt');
      return (rows[0] as { readonly failures: number }).failures;
    };
    assert.equal((await login({ login: 'ana', password: 'a guess' })).outcome, 'refused');
    const { store } = world;
    const failing = [
      async () => {
        throw new TransientFailure('08006', 'gone');
      },
      async () => ({ outcome: 'conflict' as const, stream: `credential-${ana.id}`, version: 9 }),
    ];
    assert.equal(await failures(), 1);
    const client = await world.pool.connect();
    await client.query('begin');
    await client.query('lock table plenum_access.credential_hash in access exclusive mode');
    assert.equal((await login(ana)).outcome, 'unavailable', 'nobody could look at it');
    await client.query('rollback');
    client.release();
    assert.equal(await failures(), 1, 'the guess stays counted');
    for (const append of failing) {
      const stormy = await world.another({ store: { ...store, append } });
      assert.equal((await stormy.logins.login({ ...here, ...ana })).outcome, 'unavailable');
      assert.equal(await failures(), 0);
    }
  });
});

describe('a password', () => {
  it('is changed by a user who knows it, and ends the other sessions', async (t) => {
    const { world, login } = await timed(t);
    const { authentication } = world;
    const ana = await newUser(authentication, 'guest', 'ana');
    const other = await login(ana);
    assert.ok(other.outcome === 'started');
    const asked = { ...here, id: 'c1', userId: ana.id, tokenId: ana.tokenId, password: ana.password };
    const change = (newPassword: string, password = ana.password) =>
      authentication.logins.changePassword({ ...asked, password, newPassword });
    for (const unfit of ['short', 'x'.repeat(1025), 'aaaaaaaaaaaaaaaa', ana.password]) {
      assert.equal((await change(unfit)).outcome, 'unfit', unfit);
    }
    assert.equal((await change('a better one than before', 'not the present one')).outcome, 'refused');
    assert.deepEqual(await change('a better one than before'), { outcome: 'done', sessionsEnded: 1 });
    assert.equal((await authentication.authenticate(shown(ana))).outcome, 'authenticated');
    assert.equal((await authentication.authenticate(shown({ token: other.token }))).outcome, 'refused');
    assert.equal((await login(ana)).outcome, 'refused');
    assert.equal((await login({ login: 'ana', password: 'a better one than before' })).outcome, 'started');
  });

  it('that was changed ends the others at once, and is answered again after an unknown outcome', async (t) => {
    const { world, login } = await timed(t);
    const { authentication, store } = world;
    const ana = await newUser(authentication, 'guest', 'ana');
    const other = await login(ana);
    assert.ok(other.outcome === 'started');
    const append: typeof store.append = async (asked) => {
      const appended = await store.append(asked);
      if (asked.commandId.startsWith('access.change-password ')) throw new TransientFailure('08006', 'gone');
      return appended;
    };
    const stormy = await world.another({ store: { ...store, append } });
    const asked = { ...here, id: 'c1', userId: ana.id, tokenId: ana.tokenId, password: ana.password };
    const newPassword = 'a better one than before';
    assert.equal((await stormy.logins.changePassword({ ...asked, newPassword })).outcome, 'unavailable');
    assert.equal((await stormy.authenticate(shown({ token: other.token }))).outcome, 'refused');
    assert.equal((await stormy.authenticate(shown(ana))).outcome, 'authenticated');

    assert.deepEqual(await authentication.logins.changePassword({ ...asked, newPassword }), {
      outcome: 'done',
      sessionsEnded: 1,
    });
    const { rows } = await world.pool.query('select sum(failures)::int as failures from plenum_access.login_attempt');
    assert.deepEqual(rows, [{ failures: 0 }], 'nobody guessed');
    const another = { ...asked, newPassword: 'and one that is different' };
    assert.equal((await authentication.logins.changePassword(another)).outcome, 'unfit', 'under an id that was used');
    assert.equal((await login({ login: 'ana', password: newPassword })).outcome, 'started');
  });

  it('is reset by somebody else, once, and ends all sessions', async (t) => {
    const { world, login } = await timed(t);
    const { authentication } = world;
    const ana = await newUser(authentication, 'guest', 'ana');
    const order = byPlenum();
    const first = await done(authentication.users.resetPassword(ana.id, order));
    const again = await done(authentication.users.resetPassword(ana.id, order));
    assert.deepEqual([first.how, again.how, again.secret], ['recorded', 'known', undefined]);
    assert.equal((await authentication.authenticate(shown(ana))).outcome, 'refused');
    assert.equal((await login({ login: 'ana', password: first.secret ?? '' })).outcome, 'started');
    const self = { actor: { id: ana.id, organisation: 'default', permissions: ['*'] }, id: 'c' };
    const refused = await authentication.users.resetPassword(ana.id, self);
    assert.ok(refused.outcome === 'refused' && refused.code === 'forbidden');
  });

  it('that is changed at the same moment starts no session with the former one', async (t) => {
    const { world, pass, login } = await timed(t);
    const { authentication } = world;
    const ana = await newUser(authentication, 'guest', 'ana');
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => login(ana)),
      authentication.users.resetPassword(ana.id, byPlenum()),
    ]);
    const tokens = answers.flatMap((answer) => (answer.outcome === 'started' ? [answer.token] : []));
    for (const token of tokens) assert.equal((await authentication.authenticate(shown({ token }))).outcome, 'refused');
    // Those that came too late count as guesses, and all of them together may make the next one wait.
    pass(60);
    assert.equal((await login(ana)).outcome, 'refused');
  });
});

const inTurn = async <T>(times: number, work: (index: number) => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let index = 0; index < times; index += 1) results.push(await work(index));
  return results;
};

const countFailure = ({ pool }: TestAuthentication, login: string, timeUs: number, network: string): Promise<void> =>
  inTransaction(pool, async (client) => {
    const hash = loginHash((bytes) => createHash('sha256').update(bytes).digest('hex'), login);
    const sql: Sql = async <R>(text: string, parameters: readonly unknown[] = []) =>
      (await client.query(text, [...parameters])).rows as readonly R[]; // The author of the text names its columns.
    await beginAttempt(sql, { loginHash: hash, network, timeUs });
  });

/** The lock-out is decided aside. */
const untilLocked = async ({ authentication }: TestAuthentication, userId: string): Promise<void> => {
  while ((await authentication.users.get(userId))?.user.lockedUntilUs === undefined);
};
