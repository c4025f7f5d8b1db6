/** Commands: once each, on the version that was seen, and by nobody who has not got what they give. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Actor } from '@plenum/event';
import { personalText } from '@plenum/event';
import { byPlenum, done, newKey, newUser, providerRole, shown, testAuthentication } from './testing/index.ts';

const nobody = '0190a7f0-2222-7abc-8def-000000000002';
const clerk: Actor = {
  ...{ id: 'clerk', organisation: 'default' },
  permissions: ['admin:users', 'admin:api_keys', 'read:sensors'],
};

describe('a command', () => {
  it('is carried out once, however often it is given, and for its actor and its subject only', async (t) => {
    const { authentication } = await testAuthentication(t);
    const create = { login: 'ana', name: 'Ana', role: 'guest', ...byPlenum() } as const;
    const made = await done(authentication.users.create(create));
    const again = await done(authentication.users.create(create));
    assert.deepEqual([made.how, again.how], ['recorded', 'known']);
    assert.deepEqual([again.id, again.version, again.secret], [made.id, 1, undefined]);
    assert.match(made.secret ?? '', /^[a-z2-9]{6}(-[a-z2-9]{6}){3}$/);

    const issue = { name: 'k', role: 'guest', ...byPlenum() } as const;
    const [key, known] = [await done(authentication.keys.issue(issue)), await done(authentication.keys.issue(issue))];
    assert.deepEqual([known.how, known.id, known.secret], ['known', key.id, undefined]);

    const same = { actor: byPlenum().actor, id: 'one-id-for-all' };
    const other = await newUser(authentication, 'guest');
    for (const id of [made.id, other.id])
      assert.equal((await done(authentication.users.disable(id, same))).how, 'recorded');
    assert.equal((await done(authentication.users.disable(made.id, same))).how, 'known');
    assert.equal((await done(authentication.users.disable(made.id, byPlenum()))).how, 'unchanged');
  });

  it('is decided on the version that was seen', async (t) => {
    const { authentication } = await testAuthentication(t);
    const { id } = await newUser(authentication, 'guest');
    const seen = await authentication.users.get(id);
    assert.equal(seen?.version, 1);
    const changed = await done(authentication.users.change(id, { name: 'B', ...byPlenum(), expectedVersion: 1 }));
    assert.equal(changed.version, 2);
    assert.deepEqual(await authentication.users.change(id, { name: 'C', ...byPlenum(), expectedVersion: 1 }), {
      outcome: 'conflict',
      stream: `user-${id}`,
      version: 2,
    });
    assert.equal(personalText((await authentication.users.get(id))?.user.fields.name), 'B');
    const key = await newKey(authentication, 'guest');
    const conflict = await authentication.keys.revoke(key.id, { ...byPlenum(), expectedVersion: 7 });
    assert.deepEqual(conflict, { outcome: 'conflict', stream: `key-${key.id}`, version: 1 });
  });

  it('gives nobody what its actor has not got', async (t) => {
    const { authentication } = await testAuthentication(t);
    const boss = await newUser(authentication, 'administrator');
    const bossKey = await newKey(authentication, 'administrator');
    let commands = 0;
    const byClerk = () => {
      commands += 1;
      return { actor: clerk, id: `clerk-${commands}` };
    };
    const forbidden = [
      await authentication.users.create({ login: 'x', name: 'X', role: 'administrator', ...byClerk() }),
      await authentication.users.create({
        login: 'x',
        name: 'X',
        role: 'guest',
        permissions: ['read:*'],
        ...byClerk(),
      }),
      await authentication.users.change(boss.id, { name: 'X', ...byClerk() }),
      await authentication.users.disable(boss.id, byClerk()),
      await authentication.users.resetPassword(boss.id, byClerk()),
      await authentication.keys.issue({ name: 'x', role: 'operator', ...byClerk() }),
      await authentication.keys.change(bossKey.id, { rateLimit: 1, ...byClerk() }),
    ];
    for (const [index, answer] of forbidden.entries()) {
      assert.ok(answer.outcome === 'refused' && answer.code === 'forbidden', `${index}: ${JSON.stringify(answer)}`);
    }
    await done(authentication.users.create({ login: 'y', name: 'Y', role: 'guest', ...byClerk() }));
    await done(authentication.keys.revoke(bossKey.id, byClerk()));
  });

  it('about nothing, or nonsense, is refused', async (t) => {
    const { authentication } = await testAuthentication(t);
    for (const id of [nobody, 'x', '', 'a\u0000b', 'ü', 'x'.repeat(1_000)]) {
      const answers = [
        await authentication.users.disable(id, byPlenum()),
        await authentication.users.resetPassword(id, byPlenum()),
        await authentication.keys.revoke(id, byPlenum()),
        await authentication.sessions.end(id, byPlenum()),
      ];
      for (const answer of answers) {
        assert.ok(answer.outcome === 'refused' && answer.code === 'not-found', `${id}: ${JSON.stringify(answer)}`);
      }
      assert.equal(await authentication.users.get(id), undefined);
      assert.equal(await authentication.keys.get(id), undefined);
    }
    const { id } = await newUser(authentication, 'guest');
    for (const commandId of ['', 'x y', 'x\n', 'x'.repeat(201)]) {
      const answer = await authentication.users.disable(id, { actor: clerk, id: commandId });
      assert.ok(answer.outcome === 'refused' && answer.code === 'invalid');
    }
    const twice = await authentication.users.create({
      login: 'ANA',
      name: 'A',
      role: 'guest',
      password: 'short',
      ...byPlenum(),
    });
    assert.ok(twice.outcome === 'refused' && twice.code === 'invalid');
  });
});

describe('sessions', () => {
  it('are ended by their owner, or by those who look after users, and by nobody else', async (t) => {
    const { authentication } = await testAuthentication(t);
    const [ana, bo] = [await newUser(authentication, 'guest'), await newUser(authentication, 'guest')];
    const as = (user: { readonly id: string }, id: string) => ({
      actor: { id: user.id, organisation: 'default', permissions: ['read:sensors'] },
      id,
    });
    const strange = await authentication.sessions.end(ana.tokenId, as(bo, 'c1'));
    assert.ok(strange.outcome === 'refused' && strange.code === 'not-found');
    assert.equal((await authentication.sessions.endAll(ana.id, as(bo, 'c2'))).outcome, 'refused');
    assert.equal((await authentication.authenticate(shown(ana))).outcome, 'authenticated');
    await done(authentication.sessions.end(ana.tokenId, as(ana, 'c3')));
    assert.equal((await authentication.authenticate(shown(ana))).outcome, 'refused');
    assert.deepEqual(await authentication.sessions.endAll(bo.id, { actor: clerk }), {
      outcome: 'done',
      ended: [bo.tokenId],
    });
  });

  it('are not ended by somebody of an identity provider who is called as their user', async (t) => {
    const { authentication, store, provider } = await testAuthentication(t);
    const ana = await newUser(authentication, 'guest');
    const token = await provider.token({ ...providerRole('field_worker'), sub: ana.id });
    const namesake = await authentication.authenticate(shown({ token }));
    assert.ok(namesake.outcome === 'authenticated');
    const { identity: actor } = namesake;
    const refused = await authentication.sessions.end(ana.tokenId, { actor, id: 'c1' });
    assert.ok(refused.outcome === 'refused' && refused.code === 'not-found');
    assert.equal((await authentication.sessions.endAll(ana.id, { actor })).outcome, 'refused');
    assert.equal((await authentication.authenticate(shown(ana))).outcome, 'authenticated');

    const admin = await provider.token({ ...providerRole('admin'), sub: 'plenum' });
    const called = await authentication.authenticate(shown({ token: admin }));
    assert.ok(called.outcome === 'authenticated');
    await done(authentication.users.disable(ana.id, { actor: called.identity, id: 'c2' }));
    const last = (await store.load(`user-${ana.id}`)).events.at(-1);
    assert.partialDeepStrictEqual(last?.data, { user_id: ana.id, by: 'oidc:plenum' });
  });

  it('are logged out of, and keys are not', async (t) => {
    const { authentication } = await testAuthentication(t);
    const [user, key] = [await newUser(authentication, 'guest'), await newKey(authentication, 'guest')];
    const [session, withKey] = [
      await authentication.authenticate(shown(user)),
      await authentication.authenticate(shown(key)),
    ];
    assert.ok(session.outcome === 'authenticated' && withKey.outcome === 'authenticated');
    assert.equal((await authentication.sessions.logout(withKey.identity, { id: 'c' })).outcome, 'refused');
    await done(authentication.sessions.logout(session.identity, { id: 'c' }));
    const answer = await authentication.authenticate(shown(user));
    assert.ok(answer.outcome === 'refused' && answer.code === 'revoked');
  });
});
