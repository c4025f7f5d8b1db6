import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parsePasswordVerifier } from '@plenum/access';
import { Weather } from '@plenum/runtime';
import { oneTimePassword, passwords } from './passwords.ts';

it('knows a password again, and no other', async () => {
  const { hash, verify } = passwords();
  const kept = await hash('Grüße, 天井');
  assert.equal(parsePasswordVerifier(kept)?.iterations, 600_000);
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
  for (const verifier of [undefined, kept, old]) {
    spent = 0;
    await verify('wrong', verifier);
    costs.push(spent);
  }
  assert.deepEqual(costs, [600_000, 600_000, 600_000]);
});

it('lets nobody in who is nobody, whatever the password', async () => {
  const { verify } = passwords({ derive: async () => new Uint8Array(32) });
  assert.deepEqual(await verify('anything', undefined), { outcome: 'wrong' });
});

it('refuses what is no verifier aloud, and too few iterations', async () => {
  await assert.rejects(passwords().verify('x', 'md5$1$2$3'), /no password verifier/);
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
  await assert.rejects(hash('d'), (error) => error instanceof Weather && error.code === 'passwords-busy');
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

it('makes one-time passwords that can be typed', () => {
  const one = oneTimePassword();
  assert.match(one, /^(?:[a-km-np-z2-9]{6}-){3}[a-km-np-z2-9]{6}$/);
  assert.notEqual(one, oneTimePassword());
});
