import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOr } from './entry-fields.ts';
import { keyOf } from './imported-key.ts';
import { userOf as userIn, type WithoutHash } from './imported-user.ts';
import { readEntries } from './read-entries.ts';

const [hash, salt] = ['0f'.repeat(32), 'Ab'.repeat(32)];
const ana = { login: 'ana', role: 'operator', password_hash: hash, password_salt: salt };
const plain = { login: 'ana', name: 'ana', email: undefined, role: 'operator', permissions: undefined };
const kept = { iterations: 100_000, salt, hash };

const userOf = (entry: unknown, withoutHash: WithoutHash = 'refuse'): unknown => {
  const read = readOr(() => userIn(entry, withoutHash));
  return read.outcome === 'read' ? read.value : read.reason;
};

describe('a user of a replaced system', () => {
  it('is read with what it kept, as two fields or as the pair that it made', () => {
    const user = { ...plain, importedId: undefined, password: kept };
    assert.deepEqual(userOf(ana), user);
    assert.deepEqual(userOf({ ...ana, password_hash: [hash, salt], password_salt: undefined }), user);
    assert.deepEqual(userOf({ ...ana, password_hash: hash.toUpperCase(), email: null, name: '' }), user);
    assert.deepEqual(userOf({ ...ana, id: 17, name: 'Ana', email: 'a@b', is_active: 1 }), {
      ...{ ...user, importedId: '17', name: 'Ana', email: 'a@b' },
    });
  });

  it('has its permissions as a list, or as the text of one', () => {
    for (const permissions of [['read:sensors'], '["read:sensors"]']) {
      assert.deepEqual(userOf({ ...ana, permissions }), {
        ...{ ...plain, importedId: undefined, password: kept, permissions: ['read:sensors'] },
      });
    }
    for (const permissions of ['read:sensors', 7, [7], { a: 1 }]) {
      assert.match(String(userOf({ ...ana, permissions })), /permissions are no list/);
    }
  });

  it('needs a password that is hashed well, unless something else is wanted', () => {
    const weak = `${'ab'.repeat(16)}:${'cd'.repeat(32)}`;
    for (const without of [{}, { password_hash: null }, { password_hash: weak }]) {
      const entry = { ...ana, password_hash: undefined, password_salt: undefined, ...without };
      assert.match(String(userOf(entry)), /cannot be taken over/);
      assert.deepEqual(userOf(entry, 'one-time'), { ...plain, importedId: undefined, password: 'one-time' });
      assert.deepEqual(userOf(entry, 'no-password'), { ...plain, importedId: undefined, password: 'none' });
    }
  });

  it('is refused with a reason that repeats no hash', () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      ['text', /no JSON object/],
      [undefined, /no JSON object/],
      [[ana], /no JSON object/],
      [{ ...ana, login: undefined }, /no login/],
      [{ ...ana, login: 7 }, /login is no text/],
      [{ ...ana, role: 'owner' }, /role is none/],
      [{ ...ana, role: undefined }, /no role/],
      [{ ...ana, password: 'secret' }, /in the clear/],
      [{ ...ana, disabled: true }, /a field disabled/],
      [{ ...ana, is_active: false }, /not active/],
      [{ ...ana, password_salt: undefined }, /password_salt is not/],
      [{ ...ana, password_salt: 'short' }, /password_salt is not/],
      [{ ...ana, password_hash: hash.slice(1) }, /password_hash is not/],
      [{ ...ana, password_hash: [hash] }, /password_hash is not/],
      [{ ...ana, password_hash: 7 }, /password_hash is not/],
    ];
    for (const [entry, reason] of wrong) {
      const said = String(userOf(entry, 'one-time'));
      assert.match(said, reason);
      assert.ok(!said.includes(hash) && !said.includes(salt) && !said.includes('secret'), said);
    }
  });
});

describe('a key of a replaced system', () => {
  const row = {
    ...{ key_id: 'dash_0123abcd', key_hash: hash, name: 'dash', role: 'guest', permissions: '["read:sensors"]' },
    ...{ created_at: '2026-01-01T00:00:00', expires_at: '2027-03-04T09:15:02', is_active: 1, rate_limit: 10 },
    ...{ last_used: null, use_count: 0 },
  };
  const keyIn = (entry: unknown): unknown => {
    const read = readOr(() => keyOf(entry));
    return read.outcome === 'read' ? read.value : read.reason;
  };

  it('is read as a row of its table', () => {
    const key = { keyId: 'dash_0123abcd', name: 'dash', sha256: hash, role: 'guest', permissions: ['read:sensors'] };
    const expiresAtUs = Date.parse('2027-03-04T09:15:02Z') * 1000;
    assert.deepEqual(keyIn(row), { ...key, rateLimit: 10, expiresAtUs });
    const { expires_at: _, rate_limit: __, ...never } = row;
    assert.deepEqual(keyIn(never), { ...key, rateLimit: undefined, expiresAtUs: 'never' });
  });

  it('is refused with a reason that repeats no hash', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ key_hash: hash.slice(1) }, /key_hash is not/],
      [{ key_hash: undefined }, /no key_hash/],
      [{ key_id: '' }, /no key_id/],
      [{ name: 7 }, /name is no text/],
      [{ role: 'owner' }, /role is none/],
      [{ is_active: 0 }, /not active/],
      [{ rate_limit: '10' }, /rate_limit is no number/],
      [{ expires_at: 'soon' }, /expires_at is no time/],
      [{ key: 'ab'.repeat(32) }, /a field key;/],
    ];
    for (const [other, reason] of wrong) {
      const said = String(keyIn({ ...row, ...other }));
      assert.match(said, reason);
      assert.ok(!said.includes(hash.slice(1)) && !said.includes('abab'), said);
    }
  });
});

describe('a file of users', () => {
  const read = (text: string | Uint8Array) =>
    readEntries('-', async function* () {
      yield Buffer.from(text);
    });

  it('has one on each line, or is an array', async () => {
    assert.deepEqual(await read('{"a":1}\n\n{"a":\r\n{"a":2}'), [
      { place: 'line 1', value: { a: 1 } },
      { place: 'line 3', value: undefined },
      { place: 'line 4', value: { a: 2 } },
    ]);
    assert.deepEqual(await read('\uFEFF [{"a":1}, 7]'), [
      { place: 'item 1', value: { a: 1 } },
      { place: 'item 2', value: 7 },
    ]);
    assert.deepEqual(await read(''), []);
  });

  it('is refused as a whole when it is no text, or a broken array, of which nothing is repeated', async () => {
    await assert.rejects(read(Uint8Array.of(0x7b, 0xff)), /not UTF-8/);
    await assert.rejects(
      read(`[{"password_hash":"${hash}"`),
      (error: Error) => !error.message.includes(hash.slice(0, 4)),
    );
  });
});
