/** Commands: once each, on the version that was seen, and by nobody who has not got what they give. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Actor } from '@plenum/event';
import { byPlenum, done, newKey, newUser, providerRole, shown, testAdmission } from './testing/index.ts';

const nobody = '0190a7f0-2222-7abc-8def-000000000002';
const clerk: Actor = { id: 'clerk', permissions: ['admin:users', 'admin:api_keys', 'read:sensors'] };

describe('a command', () => {
  it('is carried out once, however often it is given, and for its actor and its subject only', async (t) => {
    const { admission } = await testAdmission(t);
    const create = { login: 'ana', name: 'Ana', role: 'guest', ...byPlenum() } as const;
    const made = await done(admission.users.create(create));
    const again = await done(admission.users.create(create));
    assert.deepEqual([made.how, again.how], ['recorded', 'known']);
    assert.deepEqual([again.id, again.version, again.secret], [made.id, 1, undefined]);
    assert.match(made.secret ?? '', /^[a-z2-9]{6}(-[a-z2-9]{6}){3}$/);

    const issue = { name: 'k', role: 'guest', ...byPlenum() } as const;
    const [key, known] = [await done(admission.keys.issue(issue)), await done(admission.keys.issue(issue))];
    assert.deepEqual([known.how, known.id, known.secret], ['known', key.id, undefined]);

    const same = { actor: byPlenum().actor, id: 'one-id-for-all' };
    const other = await newUser(admission, 'guest');
    for (const id of [made.id, other.id]) assert.equal((await done(admission.users.disable(id, same))).how, 'recorded');
    assert.equal((await done(admission.users.disable(made.id, same))).how, 'known');
    assert.equal((await done(admission.users.disable(made.id, byPlenum()))).how, 'unchanged');
  });

  it('is decided on the version that was seen', async (t) => {
    const { admission } = await testAdmission(t);
    const { id } = await newUser(admission, 'guest');
    const seen = await admission.users.get(id);
    assert.equal(seen?.version, 1);
    const changed = await done(admission.users.change(id, { name: 'B', ...byPlenum(), expectedVersion: 1 }));
    assert.equal(changed.version, 2);
    assert.deepEqual(await admission.users.change(id, { name: 'C', ...byPlenum(), expectedVersion: 1 }), {
      outcome: 'conflict',
      stream: `user-${id}`,
      version: 2,
    });
    assert.equal((await admission.users.get(id))?.user.fields.name, 'B');
    const key = await newKey(admission, 'guest');
    const conflict = await admission.keys.revoke(key.id, { ...byPlenum(), expectedVersion: 7 });
    assert.deepEqual(conflict, { outcome: 'conflict', stream: `key-${key.id}`, version: 1 });
  });

  it('gives nobody what its actor has not got', async (t) => {
    const { admission } = await testAdmission(t);
    const boss = await newUser(admission, 'administrator');
    const bossKey = await newKey(admission, 'administrator');
    let commands = 0;
    const byClerk = () => {
      commands += 1;
      return { actor: clerk, id: `clerk-${commands}` };
    };
    const forbidden = [
      await admission.users.create({ login: 'x', name: 'X', role: 'administrator', ...byClerk() }),
      await admission.users.create({ login: 'x', name: 'X', role: 'guest', permissions: ['read:*'], ...byClerk() }),
      await admission.users.change(boss.id, { name: 'X', ...byClerk() }),
      await admission.users.disable(boss.id, byClerk()),
      await admission.users.resetPassword(boss.id, byClerk()),
      await admission.keys.issue({ name: 'x', role: 'operator', ...byClerk() }),
      await admission.keys.change(bossKey.id, { rateLimit: 1, ...byClerk() }),
    ];
    for (const [index, answer] of forbidden.entries()) {
      assert.ok(answer.outcome === 'refused' && answer.code === 'forbidden', `${index}: ${JSON.stringify(answer)}`);
    }
    await done(admission.users.create({ login: 'y', name: 'Y', role: 'guest', ...byClerk() }));
    await done(admission.keys.revoke(bossKey.id, byClerk()));
  });

  it('about nothing, or nonsense, is refused', async (t) => {
    const { admission } = await testAdmission(t);
    for (const id of [nobody, 'x', '', 'a\u0000b', 'ü', 'x'.repeat(1_000)]) {
      const answers = [
        await admission.users.disable(id, byPlenum()),
        await admission.users.resetPassword(id, byPlenum()),
        await admission.keys.revoke(id, byPlenum()),
        await admission.sessions.end(id, byPlenum()),
      ];
      for (const answer of answers) {
        assert.ok(answer.outcome === 'refused' && answer.code === 'not-found', `${id}: ${JSON.stringify(answer)}`);
      }
      assert.equal(await admission.users.get(id), undefined);
      assert.equal(await admission.keys.get(id), undefined);
    }
    const { id } = await newUser(admission, 'guest');
    for (const commandId of ['', 'x y', 'x\n', 'x'.repeat(201)]) {
      const answer = await admission.users.disable(id, { actor: clerk, id: commandId });
      assert.ok(answer.outcome === 'refused' && answer.code === 'invalid');
    }
    const twice = await admission.users.create({
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
  it('are ended by whose they are, or by whoever looks after users, and by nobody else', async (t) => {
    const { admission } = await testAdmission(t);
    const [ana, bo] = [await newUser(admission, 'guest'), await newUser(admission, 'guest')];
    const as = (user: { readonly id: string }, id: string) => ({
      actor: { id: user.id, permissions: ['read:sensors'] },
      id,
    });
    const strange = await admission.sessions.end(ana.tokenId, as(bo, 'c1'));
    assert.ok(strange.outcome === 'refused' && strange.code === 'not-found');
    assert.equal((await admission.sessions.endAll(ana.id, as(bo, 'c2'))).outcome, 'refused');
    assert.equal((await admission.admit(shown(ana))).outcome, 'admitted');
    await done(admission.sessions.end(ana.tokenId, as(ana, 'c3')));
    assert.equal((await admission.admit(shown(ana))).outcome, 'refused');
    assert.deepEqual(await admission.sessions.endAll(bo.id, { actor: clerk }), {
      outcome: 'done',
      ended: [bo.tokenId],
    });
  });

  it('are not ended by somebody of an identity provider who is called as their user', async (t) => {
    const { admission, store, provider } = await testAdmission(t);
    const ana = await newUser(admission, 'guest');
    const token = await provider.token({ ...providerRole('field_worker'), sub: ana.id });
    const namesake = await admission.admit(shown({ token }));
    assert.ok(namesake.outcome === 'admitted');
    const { identity: actor } = namesake;
    const refused = await admission.sessions.end(ana.tokenId, { actor, id: 'c1' });
    assert.ok(refused.outcome === 'refused' && refused.code === 'not-found');
    assert.equal((await admission.sessions.endAll(ana.id, { actor })).outcome, 'refused');
    assert.equal((await admission.admit(shown(ana))).outcome, 'admitted');

    const admin = await provider.token({ ...providerRole('admin'), sub: 'plenum' });
    const called = await admission.admit(shown({ token: admin }));
    assert.ok(called.outcome === 'admitted');
    await done(admission.users.disable(ana.id, { actor: called.identity, id: 'c2' }));
    const last = (await store.load(`user-${ana.id}`)).events.at(-1);
    assert.partialDeepStrictEqual(last?.data, { user_id: ana.id, by: 'oidc:plenum' });
  });

  it('are logged out of, and keys are not', async (t) => {
    const { admission } = await testAdmission(t);
    const [user, key] = [await newUser(admission, 'guest'), await newKey(admission, 'guest')];
    const [session, withKey] = [await admission.admit(shown(user)), await admission.admit(shown(key))];
    assert.ok(session.outcome === 'admitted' && withKey.outcome === 'admitted');
    assert.equal((await admission.sessions.logout(withKey.identity, { id: 'c' })).outcome, 'refused');
    await done(admission.sessions.logout(session.identity, { id: 'c' }));
    const answer = await admission.admit(shown(user));
    assert.ok(answer.outcome === 'refused' && answer.code === 'revoked');
  });
});
