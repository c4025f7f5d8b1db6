/** Who is let in, tried with every kind of credential there is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rolePermissions } from '@plenum/access';
import type { Admission, Admitted } from './admission.ts';
import {
  byPlenum,
  type CredentialHeaders,
  done,
  here,
  hs256,
  newUser,
  shown,
  testAdmission,
  testCredentials,
} from './testing/index.ts';

const admit = async (admission: Admission, headers: CredentialHeaders): Promise<Admitted> =>
  admission.admit({ ...here, authorization: headers.authorization, apiKey: headers['x-api-key'] });

describe('the door', () => {
  it('lets in whoever may, and nobody else', async (t) => {
    const world = await testAdmission(t);
    const { good, bad } = await testCredentials(world);
    assert.equal(good.length, 11);
    for (const { name, headers, method, role } of good) {
      const answer = await admit(world.admission, headers);
      assert.ok(answer.outcome === 'admitted', `${name}: ${JSON.stringify(answer)}`);
      assert.deepEqual([answer.identity.method, answer.identity.role], [method, role], name);
      assert.deepEqual([...answer.identity.permissions].sort(), [...rolePermissions[role]].sort(), name);
    }
    assert.ok(bad.length > 35);
    for (const { name, headers, status } of bad) {
      const answer = await admit(world.admission, headers);
      assert.ok(answer.outcome === 'refused', `${name}: ${JSON.stringify(answer)}`);
      assert.equal(answer.code === 'no-role' ? 403 : 401, status, name);
    }
    const { admitted, refused } = world.admission.figures();
    assert.deepEqual(admitted, { session: 4, api_key: 4, oidc: 3 });
    assert.equal(
      Object.values(refused).reduce((sum, count) => sum + count, 0),
      bad.length,
    );
  });

  it('takes a token of the replaced system for a user of ours, until he logs out or is disabled', async (t) => {
    const { admission, config } = await testAdmission(t);
    const guest = await newUser(admission, 'guest');
    const nowS = Math.floor(Date.now() / 1000);
    const bare = (iat: number) => {
      const claims = { sub: guest.id, email: 'g@example.org', name: 'G', role: 'operator', iat, exp: iat + 3600 };
      return shown({ token: hs256(claims, config.JWT_SECRET) });
    };
    const answer = await admission.admit(bare(nowS));
    assert.ok(answer.outcome === 'admitted');
    assert.deepEqual(answer.identity.permissions, ['read:sensors'], 'no more than he may');
    assert.deepEqual(answer.described, { email: 'g@example.org', name: 'G', roles: ['guest'] });
    await done(admission.sessions.logout(answer.identity, { commandId: 'c' }));
    const after = await admission.admit(bare(nowS));
    assert.ok(after.outcome === 'refused' && after.code === 'revoked');
    assert.equal((await admission.admit(bare(nowS - 1))).outcome, 'admitted', 'another one');
    await done(admission.users.disable(guest.id, byPlenum()));
    assert.equal((await admission.admit(bare(nowS - 1))).outcome, 'refused');
  });
});
