import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { it } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { formatPasswordHash, parsePasswordHash } from './credential-hash.ts';
import { oneTimePassword, passwords } from './passwords.ts';

it('knows a password again, and no other', async () => {
  const { hash, verify } = passwords();
  const kept = await hash('Grüße, 天井');
  assert.equal(parsePasswordHash(kept)?.iterations, 600_000);
  assert.deepEqual(await verify('Grüße, 天井', kept), { outcome: 'right', needsUpgrade: false });
  assert.deepEqual(await verify('Grüße, 天丼', kept), { outcome: 'wrong' });
  assert.deepEqual(await verify('', kept), { outcome: 'wrong' });
});

it('makes another hash of the same password for everybody', async () => {
  const { hash } = passwords();
  assert.notEqual(await hash('same'), await hash('same'));
});

/** Made with Python: hashlib.pbkdf2_hmac('sha256', b'operator', salt.encode(), 100000).hex() */
const oldSalt = '0123456789abcdef'.repeat(4);
const oldHash = '20e808367cff5210e70212b3994b27dbcda85228282c271b6943a1b4c4f4d577';
const old = `pbkdf2-sha256$100000$${oldSalt}$${oldHash}`;

it('takes hashes of the replaced system, and says that they are weak by now', async () => {
  const { verify } = passwords();
  assert.deepEqual(await verify('operator', old), { outcome: 'right', needsUpgrade: true });
  assert.deepEqual(await verify('Operator', old), { outcome: 'wrong' });
});

it('spends the same on an unknown login as on a known one, and on an old hash as on a new one', async () => {
  let spent = 0;
  const { hash, verify } = passwords({
    derive: async (password, _, iterations) => {
      spent += iterations;
      return Buffer.alloc(32, password);
    },
  });
  const kept = await hash('right');
  const costs: number[] = [];
  for (const credentialHash of [undefined, kept, old]) {
    spent = 0;
    await verify('wrong', credentialHash);
    costs.push(spent);
  }
  assert.deepEqual(costs, [600_000, 600_000, 600_000]);
});

it('lets nobody in who is nobody, whatever the password', async () => {
  const { verify } = passwords({ derive: async () => new Uint8Array(32) });
  assert.deepEqual(await verify('anything', undefined), { outcome: 'wrong' });
});

it('refuses what is no credential hash aloud, and too few iterations', async () => {
  await assert.rejects(passwords().verify('x', 'md5$1$2$3'), /no hash of a password/);
  assert.throws(() => passwords({ iterations: 100_000 }), /too few/);
});

it('checks a few at once, lets some wait, and sends away who comes then', async () => {
  const held: PromiseWithResolvers<Uint8Array>[] = [];
  const derive = (): Promise<Uint8Array> => {
    const one = Promise.withResolvers<Uint8Array>();
    held.push(one);
    return one.promise;
  };
  const { hash } = passwords({ derive, concurrentMax: 2, waitingMax: 1 });
  const first = [hash('a'), hash('b'), hash('c')];
  assert.equal(held.length, 2);
  await assert.rejects(hash('d'), (error) => error instanceof TransientFailure && error.code === 'passwords-busy');
  held[0]?.resolve(new Uint8Array(32));
  await first[0];
  // The third begins in the turn in which the first ends; two microtasks later it has.
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(held.length, 3);
  for (const one of held) one.resolve(new Uint8Array(32));
  assert.equal((await Promise.all(first)).length, 3);
  await assert.doesNotReject(async () => {
    const late = hash('e');
    held.at(-1)?.resolve(new Uint8Array(32));
    await late;
  });
});

const nfc = 'Caf\u00e9-M\u00fcller-Stra\u00dfe';
const nfd = nfc.normalize('NFD');
/** PBKDF2 in the fewest rounds that are a credential hash, of a text as it is: what was kept before a form was made of it. */
const hashedAs = (text: string, iterations = 600_000): string => {
  const salt = oldSalt;
  const hash = pbkdf2Sync(text, salt, iterations, 32, 'sha256').toString('hex');
  return formatPasswordHash({ iterations, salt, hash });
};

it('knows a password in every form in which a keyboard writes it', async () => {
  const { hash, verify } = passwords();
  const kept = await hash(nfd);
  for (const typed of [nfd, nfc]) {
    assert.deepEqual(await verify(typed, kept), { outcome: 'right', needsUpgrade: false });
  }
  const spaced = await hash('with\u00a0a\u3000space');
  assert.equal((await verify('with a space', spaced)).outcome, 'right');
});

it('takes no NUL for nothing, and no half of a pair for another', async () => {
  const { hash, verify } = passwords();
  const kept = await hash('correct-Horse-9 battery');
  // HMAC fills a key that is shorter than its block up with NULs, so the two have one hash.
  assert.equal(hashedAs('x'), hashedAs('x\0'));
  for (const typed of ['correct-Horse-9 battery\0', 'correct-Horse-9 battery\0\0', '\0']) {
    assert.deepEqual(await verify(typed, kept), { outcome: 'wrong' });
    await assert.rejects(hash(typed), /no password/);
  }
  const halves = hashedAs('abcdefghijkl-\uFFFD-Z9');
  assert.equal((await verify('abcdefghijkl-\uFFFD-Z9', halves)).outcome, 'right');
  for (const typed of ['abcdefghijkl-\uD800-Z9', 'abcdefghijkl-\uDC00-Z9']) {
    assert.deepEqual(await verify(typed, halves), { outcome: 'wrong' });
    await assert.rejects(hash(typed), /no password/);
  }
});

it('opens what was hashed as it was typed, once more as it is hashed today', async () => {
  const { verify } = passwords();
  assert.deepEqual(await verify(nfd, hashedAs(nfd)), { outcome: 'right', needsUpgrade: true });
  assert.deepEqual(await verify(nfc, hashedAs(nfd)), { outcome: 'wrong' });
  assert.deepEqual(await verify(nfd, hashedAs(nfd, 100_000)), { outcome: 'right', needsUpgrade: true });
  // No profile has a tab; a password that was set with one is still that.
  assert.deepEqual(await verify('tab\tbed', hashedAs('tab\tbed')), { outcome: 'right', needsUpgrade: false });
});

it('hashes twice only what is typed in another form than it is hashed in, with or without such a login', async () => {
  let spent = 0;
  const { verify } = passwords({
    derive: async (_, __, iterations) => {
      spent += iterations;
      return new Uint8Array(32);
    },
  });
  const costOf = async (typed: string, credentialHash: string | undefined): Promise<number> => {
    spent = 0;
    assert.equal((await verify(typed, credentialHash)).outcome, 'wrong');
    return spent;
  };
  for (const credentialHash of [undefined, old, hashedAs('somebody')]) {
    assert.equal(await costOf(nfc, credentialHash), 600_000);
    assert.equal(await costOf(nfd, credentialHash), 1_200_000);
    assert.equal(await costOf('x'.repeat(1025), credentialHash), 0, 'and nothing for what is too long');
    assert.equal(await costOf('x'.repeat(100_000_000), credentialHash), 0);
  }
});

it('makes one-time passwords that can be typed', () => {
  const one = oneTimePassword();
  assert.match(one, /^(?:[a-km-np-z2-9]{6}-){3}[a-km-np-z2-9]{6}$/);
  assert.notEqual(one, oneTimePassword());
});
