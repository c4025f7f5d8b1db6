/** Tokens of the replaced systems: both shapes, whom they name, and what they open. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { Authenticated } from '@plenum/access';
import { authorizationReads, type Role, rolePermissions } from '@plenum/access';
import type { Sql } from '@plenum/read-model';
import { byPlenum, done, hs256, newSecret, newUser, shown, testAuthentication } from './testing/index.ts';

/** As the IoT stack made them; nothing of it is in the tokens of ours. */
const iot = (userId: string, role: string, permissions: readonly string[], iat: number) => ({
  token_id: randomBytes(16).toString('hex'),
  user_id: userId,
  ...{ role, permissions, iat, exp: iat + 86_400 },
});

/** As the middleware made them. */
const api = (sub: string, role: string, iat: number) => ({
  sub,
  ...{ email: 'a@example.org', name: 'A', org: 'acme', role, iat, exp: iat + 86_400 },
});

const opened = (answer: Authenticated): readonly string[] | string =>
  answer.outcome === 'authenticated'
    ? answer.identity.permissions
    : answer.outcome === 'refused'
      ? answer.code
      : 'away';

const world = async (t: TestContext) => {
  const there = await testAuthentication(t);
  const nowS = Math.floor(Date.now() / 1000);
  const secret = there.config.JWT_SECRET;
  const admit = async (claims: object): Promise<Authenticated> =>
    there.authentication.authenticate(shown({ token: hs256({ ...claims }, secret) }));
  const imported = async (login: string, role: Role, importedId?: string): Promise<string> =>
    (await done(there.authentication.users.import({ login, name: login, role, importedId, password: 'none' }))).id;
  return { ...there, nowS, admit, imported };
};

describe('a token of a replaced system', () => {
  it('is of the user who has its login, its imported id or its id, in both shapes', async (t) => {
    const { authentication, admit, imported, nowS } = await world(t);
    const made = await newUser(authentication, 'operator', 'ana');
    const id = await imported('bo', 'operator', 'user-17');
    const names = { ana: made.id, ANA: made.id, [made.id]: made.id, bo: id, 'user-17': id, [id]: id };
    for (const [name, userId] of Object.entries(names)) {
      for (const claims of [iot(name, 'operator', ['read:sensors'], nowS), api(name, 'guest', nowS)]) {
        const answer = await admit(claims);
        assert.ok(answer.outcome === 'authenticated', `${name}: ${JSON.stringify(answer)}`);
        assert.deepEqual([answer.identity.id, answer.identity.kind], [userId, 'user'], name);
        assert.deepEqual(answer.identity.permissions, ['read:sensors'], 'what it says');
        assert.equal(answer.identity.role, 'operator', 'which is for the account to say');
      }
    }
    assert.equal(opened(await admit(iot('nobody', 'operator', ['read:sensors'], nowS))), 'invalid');
    assert.equal(opened(await admit(api('User-17', 'guest', nowS))), 'invalid', 'an id is written in one way');
  });

  it('opens no more than its user may, whatever it says, and nothing once they are disabled', async (t) => {
    const { authentication, admit, imported, nowS } = await world(t);
    const id = await imported('guest', 'guest', 'g-1');
    for (const claims of [iot('guest', 'administrator', ['*'], nowS), api('g-1', 'admin', nowS)]) {
      assert.deepEqual(opened(await admit(claims)), ['read:sensors']);
    }
    await done(authentication.users.change(id, { role: 'operator', ...byPlenum() }));
    const claims = iot('guest', 'administrator', ['write:*'], nowS);
    const written = rolePermissions.operator.filter((name) => name.startsWith('write:'));
    assert.deepEqual(opened(await admit(claims)), written, 'as it is today');
    await done(authentication.users.disable(id, byPlenum()));
    assert.equal(opened(await admit(claims)), 'revoked');
  });

  it('has to be signed with HS256 and our secret, to expire, and within a day', async (t) => {
    const { authentication, admit, imported, nowS } = await world(t);
    await imported('ana', 'guest');
    const claims = iot('ana', 'guest', ['read:sensors'], nowS);
    assert.deepEqual(opened(await admit(claims)), ['read:sensors']);
    const token = (header: object, secret: string) =>
      authentication.authenticate(shown({ token: hs256(claims, secret, { ...header }) }));
    assert.equal(opened(await token({}, newSecret())), 'invalid');
    assert.equal(opened(await token({ alg: 'HS512' }, newSecret())), 'invalid');
    assert.equal(opened(await admit({ ...claims, exp: undefined })), 'invalid');
    assert.equal(opened(await admit({ ...claims, exp: nowS + 86_401 })), 'invalid');
    assert.equal(opened(await admit({ ...claims, iat: nowS - 100, exp: nowS - 10 })), 'expired');
  });

  it('ends by logging out, by itself, and with all others of its user', async (t) => {
    const { authentication, admit, imported, nowS } = await world(t);
    const id = await imported('ana', 'guest', 'a-1');
    const [one, two] = [iot('ana', 'guest', ['read:sensors'], nowS), iot('a-1', 'guest', ['read:sensors'], nowS)];
    const answer = await admit(one);
    assert.ok(answer.outcome === 'authenticated');
    assert.equal(answer.identity.tokenId, one.token_id);
    await done(authentication.sessions.logout(answer.identity, { id: 'out' }));
    assert.equal(opened(await admit(one)), 'revoked');
    assert.deepEqual(opened(await admit(two)), ['read:sensors']);
    await authentication.sessions.endAll(id, byPlenum());
    assert.equal(opened(await admit(two)), 'revoked');
  });

  it('does not take the record of a session of somebody else for its own', async (t) => {
    const { authentication, admit, imported, nowS } = await world(t);
    await imported('ana', 'guest');
    const { tokenId } = await newUser(authentication, 'administrator');
    assert.equal(opened(await admit({ ...iot('ana', 'guest', ['*'], nowS), token_id: tokenId })), 'invalid');
  });

  it('does not come to mean the next who has its login', async (t) => {
    const { authentication, admit, nowS } = await world(t);
    const ana = await newUser(authentication, 'administrator', 'ana');
    const before = api('ana', 'admin', nowS);
    assert.deepEqual(opened(await admit(before)), ['*']);
    await done(authentication.users.change(ana.id, { login: 'anna', ...byPlenum() }));
    assert.equal(opened(await admit(before)), 'invalid');
    await newUser(authentication, 'administrator', 'ana');
    assert.equal(opened(await admit(before)), 'invalid', 'it was made for another');
    assert.deepEqual(opened(await admit({ ...before, iat: nowS + 4, exp: nowS + 60 })), ['*'], 'made since');
  });
});

describe('an imported id', () => {
  it('is found after the id that we gave, and before a login', async (t) => {
    const { authentication, imported, pool } = await world(t);
    const ana = await imported('ana', 'guest', 'a-1');
    // Nothing but the order keeps a login from being what an id is for somebody else.
    const bo = await newUser(authentication, 'guest', ana);
    const sql: Sql = async <R>(text: string, parameters: readonly unknown[] = []) =>
      (await pool.query(text, [...parameters])).rows as R[]; // The statement names its columns.
    const found = await authorizationReads(sql).named(['a-1', 'ANA', ana, bo.id, 'A-1', 'nobody']);
    assert.deepEqual(Object.fromEntries(found.map(({ name, user_id }) => [name, user_id])), {
      'a-1': ana,
      ANA: ana,
      [ana]: ana,
      [bo.id]: bo.id,
    });
  });

  it("is nobody else's login or id, and a login nobody's id, in either order", async (t) => {
    const { authentication, imported, admit, nowS } = await world(t);
    const id = await imported('ana', 'guest', 'a-1');
    const refused = async (asked: { readonly login: string; readonly importedId?: string }): Promise<string> => {
      const user = { ...asked, name: 'X', role: 'guest' as const, password: 'none' as const };
      const would = await authentication.users.wouldImport(user);
      const answer = await authentication.users.import(user);
      assert.equal(would.outcome, answer.outcome, 'it was foretold');
      return answer.outcome === 'refused' ? answer.code : answer.outcome;
    };
    assert.equal(await refused({ login: 'bo', importedId: 'ANA' }), 'exists');
    assert.equal(await refused({ login: 'A-1' }), 'exists');
    assert.equal(await refused({ login: 'a-1', importedId: 'x' }), 'exists');
    const bo = await newUser(authentication, 'guest', 'bo');
    const taken = await authentication.users.change(bo.id, { login: 'a-1', ...byPlenum() });
    assert.ok(taken.outcome === 'refused' && taken.code === 'exists');
    // Their own, though: as a login, and no longer as one.
    await done(authentication.users.change(id, { login: 'a-1', ...byPlenum() }));
    await done(authentication.users.change(id, { login: 'ann', ...byPlenum() }));
    assert.equal(await refused({ login: 'a-1' }), 'exists');
    const named = await admit(api('a-1', 'guest', nowS));
    assert.ok(named.outcome === 'authenticated' && named.identity.id === id);
  });
});
