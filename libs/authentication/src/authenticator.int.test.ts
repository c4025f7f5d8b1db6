/** Who is let in, tried with every kind of credential there is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Authenticated } from '@plenum/access';
import { rolePermissions, standUser } from '@plenum/access';
import { plenumItself } from '@plenum/event';
import { handleCommand } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import type { Authentication } from './authentication.ts';
import {
  byPlenum,
  type CredentialHeaders,
  claimsOf,
  done,
  here,
  hs256,
  newUser,
  providerRole,
  shown,
  testAuthentication,
  testCredentials,
} from './testing/index.ts';

const admit = async (authentication: Authentication, headers: CredentialHeaders): Promise<Authenticated> =>
  authentication.authenticate({ ...here, authorization: headers.authorization, apiKey: headers['x-api-key'] });

describe('authentication', () => {
  it('lets in users who may, and nobody else', async (t) => {
    const world = await testAuthentication(t);
    const { good, bad } = await testCredentials(world);
    assert.equal(good.length, 11);
    for (const { name, headers, method, role } of good) {
      const answer = await admit(world.authentication, headers);
      assert.ok(answer.outcome === 'authenticated', `${name}: ${JSON.stringify(answer)}`);
      assert.deepEqual([answer.identity.method, answer.identity.role], [method, role], name);
      assert.deepEqual([...answer.identity.permissions].sort(), [...rolePermissions[role]].sort(), name);
    }
    assert.ok(bad.length > 35);
    for (const { name, headers, status } of bad) {
      const answer = await admit(world.authentication, headers);
      assert.ok(answer.outcome === 'refused', `${name}: ${JSON.stringify(answer)}`);
      assert.equal(answer.code === 'no-role' ? 403 : 401, status, name);
    }
    const { authenticated, refused } = world.authentication.metrics();
    assert.deepEqual(authenticated, { session: 4, api_key: 4, oidc: 3 });
    assert.equal(
      Object.values(refused).reduce((sum, count) => sum + count, 0),
      bad.length,
    );
  });

  it('takes tokens of a provider whose issuer ends in a slash, and says when the setting does not', async (t) => {
    const issuerPath = '/realm/';
    const { authentication, provider, config, another } = await testAuthentication(t, { provider: { issuerPath } });
    assert.equal(config.OIDC_ISSUER, provider.issuer);
    const token = await provider.token(providerRole('engineer'));
    assert.equal((await authentication.authenticate(shown({ token }))).outcome, 'authenticated');
    const warned: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, text: string) => void warned.push(text) };
    const misspelt = { ...config, OIDC_ISSUER: provider.issuer.slice(0, -1) };
    const other = await another({ config: misspelt, logger });
    for (const _ of [1, 2]) assert.equal((await other.authenticate(shown({ token }))).outcome, 'refused');
    assert.deepEqual(warned, ['tokens spell the issuer with another end than OIDC_ISSUER does']);
  });

  it('signs tokens without an audience where that is wanted', async (t) => {
    const { authentication } = await testAuthentication(t, { config: { JWT_AUDIENCE: 'none' } });
    const { token } = await newUser(authentication, 'guest');
    assert.ok(!('aud' in claimsOf(token)));
    assert.equal((await authentication.authenticate(shown({ token }))).outcome, 'authenticated');
  });

  it('takes a token of the replaced system for a user of ours, until they log out or are disabled', async (t) => {
    const { authentication, config } = await testAuthentication(t);
    const guest = await newUser(authentication, 'guest');
    const nowS = Math.floor(Date.now() / 1000);
    const bare = (iat: number) => bareToken(guest.id, iat, config.JWT_SECRET);
    const answer = await authentication.authenticate(bare(nowS));
    assert.ok(answer.outcome === 'authenticated');
    assert.deepEqual(answer.identity.permissions, ['read:sensors'], 'no more than the user may');
    assert.deepEqual(answer.described, { email: 'g@example.org', name: 'G', roles: ['guest'] });
    await done(authentication.sessions.logout(answer.identity, { id: 'c' }));
    assert.equal((await authentication.authenticate(bare(nowS - 1))).outcome, 'authenticated', 'another one');
    const after = await authentication.authenticate(bare(nowS));
    assert.ok(after.outcome === 'refused' && after.code === 'revoked');
    await done(authentication.users.disable(guest.id, byPlenum()));
    assert.equal((await authentication.authenticate(bare(nowS - 1))).outcome, 'refused');
  });

  it('takes no such token that was made before a new password, or before all sessions were ended', async (t) => {
    const { authentication, config } = await testAuthentication(t);
    for (const end of [
      (id: string) => authentication.sessions.endAll(id, byPlenum()),
      (id: string) => done(authentication.users.resetPassword(id, byPlenum())),
    ]) {
      const { id } = await newUser(authentication, 'guest');
      const token = bareToken(id, Math.floor(Date.now() / 1000), config.JWT_SECRET);
      assert.equal((await authentication.authenticate(token)).outcome, 'authenticated');
      await end(id);
      const after = await authentication.authenticate(token);
      assert.ok(after.outcome === 'refused' && after.code === 'revoked');
    }
  });

  it('lets a token of the replaced system be ended by its id, and while somebody guesses at its owner', async (t) => {
    const { authentication, config, store } = await testAuthentication(t);
    const guest = await newUser(authentication, 'guest');
    const nowS = Math.floor(Date.now() / 1000);
    const decisions = {
      store,
      clock: { nowUs: () => nowS * 1_000_000 },
      random: { bytes16: () => new Uint8Array(16) },
    };
    const locking = standUser(guest.id, { do: 'lock-out', untilUs: (nowS + 3600) * 1_000_000, failures: 20 });
    assert.equal((await handleCommand(decisions, locking, { id: 'lock', actor: plenumItself })).outcome, 'done');
    const token = bareToken(guest.id, nowS, config.JWT_SECRET);
    const answer = await authentication.authenticate(token);
    assert.ok(answer.outcome === 'authenticated');
    const { identity } = answer;
    await done(authentication.sessions.end(identity.tokenId ?? '', { actor: identity, id: 'c' }));
    assert.equal((await authentication.authenticate(token)).outcome, 'refused');
  });
});

/** In the shape that brings no record of its session. */
const bareToken = (sub: string, iat: number, secret: string) => {
  const claims = { sub, email: 'g@example.org', name: 'G', role: 'operator', iat, exp: iat + 3600 };
  return shown({ token: hs256(claims, secret) });
};
