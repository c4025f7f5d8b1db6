/** Users of a replaced system, with what it kept of their passwords. */
import assert from 'node:assert/strict';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { hashEncryption, parsePasswordHash } from '@plenum/credentials';
import { byPlenum, done, here, type TestAuthentication, testAuthentication } from './testing/index.ts';

/** As the replaced middleware did: the salt is 32 bytes as text, and hashed as that text. */
const keptOf = (password: string) => {
  const salt = randomBytes(32).toString('hex');
  return { iterations: 100_000, salt, hash: pbkdf2Sync(password, salt, 100_000, 32, 'sha256').toString('hex') };
};

const keptNow = async ({ pool, config }: TestAuthentication, userId: string) => {
  const { rows } = await pool.query(
    'select encrypted, encrypted_with from plenum_access.credential_hash where subject = $1',
    [userId],
  );
  const { encrypted, encrypted_with: encryptedWith } = rows[0];
  const opened = hashEncryption({ current: config.PLENUM_MASTER_KEY }).decrypt(userId, { encrypted, encryptedWith });
  return opened.outcome === 'decrypted' ? parsePasswordHash(opened.text) : assert.fail('it is not encrypted');
};

describe('an imported user', () => {
  it('logs in with the password of the replaced system, which is hashed better from then on', async (t) => {
    const world = await testAuthentication(t);
    const { authentication } = world;
    // Typed on a keyboard that writes accents by themselves, and shorter than a new one may be.
    for (const [login, typed] of [
      ['ana', 'operator'],
      ['bo', 'Cafe\u0301 und Ku\u0308mmel'],
      ['cy', 'with a\ttab'],
    ] as const) {
      const password = keptOf(typed);
      const asked = { login, name: login, role: 'operator', importedId: `${login}-1`, password } as const;
      assert.deepEqual(await authentication.users.wouldImport(asked), { outcome: 'new' });
      const { id, secret } = await done(authentication.users.import(asked));
      assert.equal(secret, undefined);
      assert.deepEqual(await keptNow(world, id), password);
      assert.equal((await authentication.logins.login({ ...here, login, password: `${typed}x` })).outcome, 'refused');
      assert.deepEqual(await keptNow(world, id), password);
      assert.equal((await authentication.logins.login({ ...here, login, password: typed })).outcome, 'started');
      const stronger = await keptNow(world, id);
      assert.equal(stronger?.iterations, 600_000);
      assert.notEqual(stronger?.salt, password.salt);
      for (const again of [typed, login === 'cy' ? typed : typed.normalize('NFC')]) {
        assert.equal(
          (await authentication.logins.login({ ...here, login, password: again })).outcome,
          'started',
          login,
        );
      }
      assert.deepEqual(await keptNow(world, id), stronger, 'and then stays');
    }
  });

  it('is the same when imported again, whatever became of them', async (t) => {
    const { authentication, store } = await testAuthentication(t);
    const asked = { login: 'ana', name: 'Ana', role: 'operator', importedId: 'a-1', password: 'one-time' } as const;
    const { id, secret = '' } = await done(authentication.users.import(asked));
    assert.equal((await authentication.logins.login({ ...here, login: 'ana', password: secret })).outcome, 'started');
    await done(authentication.users.change(id, { login: 'anna', role: 'guest', ...byPlenum() }));
    const before = await store.load(`user-${id}`, 0);
    for (const changed of [asked, { ...asked, login: 'other', role: 'administrator' as const }]) {
      assert.deepEqual(await authentication.users.wouldImport(changed), { outcome: 'known' });
      const again = await done(authentication.users.import(changed));
      assert.deepEqual([again.how, again.id, again.secret], ['known', id, undefined]);
    }
    assert.deepEqual(await store.load(`user-${id}`, 0), before);
    assert.equal((await authentication.logins.login({ ...here, login: 'anna', password: secret })).outcome, 'started');
  });

  it('without a password lets nobody in until one is given', async (t) => {
    const { authentication } = await testAuthentication(t);
    const asked = { login: 'ana', name: 'Ana', role: 'guest', password: 'none' } as const;
    const { id } = await done(authentication.users.import(asked));
    for (const password of ['', 'anything', 'undefined']) {
      assert.equal((await authentication.logins.login({ ...here, login: 'ana', password })).outcome, 'refused');
    }
    const { secret = '' } = await done(authentication.users.resetPassword(id, byPlenum()));
    assert.equal((await authentication.logins.login({ ...here, login: 'ana', password: secret })).outcome, 'started');
  });

  it('is refused with a hash that nothing can be checked against, and by the rules of every account', async (t) => {
    const { authentication } = await testAuthentication(t);
    const sound = { login: 'ana', name: 'Ana', role: 'guest', password: keptOf('x') } as const;
    for (const wrong of [
      { ...sound, password: { ...sound.password, hash: 'ab' } },
      { ...sound, password: { ...sound.password, salt: 'a$b' } },
      { ...sound, password: { ...sound.password, iterations: 100_000_000 } },
      { ...sound, login: 'ana peric' },
      { ...sound, permissions: ['everything'] },
      { ...sound, importedId: 'a b' },
    ]) {
      const answers = [await authentication.users.wouldImport(wrong), await authentication.users.import(wrong)];
      for (const answer of answers) assert.ok(answer.outcome === 'refused' && answer.code === 'invalid');
    }
    await done(authentication.users.import(sound));
  });
});

describe('a password', () => {
  it('is the same however a keyboard writes it, and no other', async (t) => {
    const { authentication } = await testAuthentication(t);
    const [nfc, nul] = ['Caf\u00e9-M\u00fcller-Stra\u00dfe-\u00c41', 'correct-Horse-9 battery'];
    for (const [login, password, same, others] of [
      ['nfc', nfc, nfc.normalize('NFD'), [nfc.toLowerCase()]],
      ['nfd', nfc.normalize('NFD'), nfc, [nfc.toLowerCase()]],
      ['nul', nul, nul.replace(' ', '\u00a0'), [`${nul}\0`, `${nul}\0\0`]],
      ['rep', 'abcdefghijkl-\uFFFD-Z9', 'abcdefghijkl-\uFFFD-Z9', ['abcdefghijkl-\uD800-Z9']],
    ] as const) {
      await done(authentication.users.create({ ...byPlenum(), login, name: login, role: 'guest', password }));
      const outcome = async (typed: string) =>
        (await authentication.logins.login({ ...here, login, password: typed })).outcome;
      assert.deepEqual([await outcome(password), await outcome(same)], ['started', 'started'], login);
      for (const other of others) assert.equal(await outcome(other), 'refused', login);
    }
  });

  it('is not taken when it is no text that people type', async (t) => {
    const { authentication } = await testAuthentication(t);
    const one = 'correct-Horse-9 battery';
    const { id } = await done(
      authentication.users.create({ ...byPlenum(), login: 'ana', name: 'Ana', role: 'guest', password: one }),
    );
    for (const password of [`${one}\0`, `${one}\uD800`, `${one}\u200b`, `${one}\u0378`, `\u{1F600}`.repeat(1025)]) {
      const created = await authentication.users.create({
        ...byPlenum(),
        login: 'x',
        name: 'X',
        role: 'guest',
        password,
      });
      const reset = await authentication.users.resetPassword(id, { ...byPlenum(), password });
      const asked = { ...here, id: 'c', userId: id, tokenId: undefined, password: one, newPassword: password };
      const changed = await authentication.logins.changePassword(asked);
      assert.deepEqual([created.outcome, reset.outcome, changed.outcome], ['refused', 'refused', 'unfit'], password);
    }
    const same = {
      ...here,
      id: 's',
      userId: id,
      tokenId: undefined,
      password: one,
      newPassword: one.replace(' ', '\u3000'),
    };
    const unchanged = await authentication.logins.changePassword(same);
    assert.deepEqual(unchanged, { outcome: 'unfit', reason: 'It is the present password.' });
  });
});
