import assert from 'node:assert/strict';
import { createHmac, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { providerGrant } from '@plenum/access';
import { type TestProvider, type TestProviderSettings, type TokenClaims, testProvider } from '../testing/index.ts';
import { type OidcSettings, type OidcVerdict, oidcVerifier } from './oidc-verifier.ts';

const plain = 'urn:zitadel:iam:org:project:roles';
const engineer = { [plain]: { engineer: { 9001: 'acme.example' } } };

it('verifies what the provider issues, by RS256 and by ES256', async (t) => {
  const { provider, verify } = await world(t);
  for (const algorithm of ['RS256', 'ES256'] as const) {
    const token = await provider.token({ ...engineer, sub: '2501' }, algorithm);
    const verdict = await verify(token);
    assert.ok(verdict.outcome === 'verified', algorithm);
    assert.equal(verdict.identity.subject, '2501');
    assert.equal(verdict.identity.role, 'engineer');
    assert.ok(verdict.identity.permissions.includes('write:projects'));
    assert.match(verdict.identity.tokenId, /^[0-9a-f]{32}$/);
  }
});

it('takes an issuer as the provider spells it, with a path, a slash at its end, or both', async (t) => {
  for (const issuerPath of ['', '/', '/realm', '/realm/']) {
    const { provider, verify, nowS } = await world(t, { issuerPath });
    assert.ok(provider.issuer.endsWith(issuerPath));
    assert.equal(codeOf(await verify(await provider.token(engineer))), 'verified', issuerPath);
    assert.deepEqual(provider.asked(), { discovery: 1, keys: 1 });
    // The other spelling is another issuer: of a token, and as a setting.
    const other = issuerPath.endsWith('/') ? provider.issuer.slice(0, -1) : `${provider.issuer}/`;
    const sound = { ...engineer, aud: provider.audience, sub: '1', exp: nowS() + 60 };
    assert.equal(codeOf(await verify(await provider.signed({ ...sound, iss: other }))), 'claims');
    const mistaken = await world(t, { issuer: other }, provider);
    const token = await provider.signed({ ...sound, iss: other });
    assert.equal(codeOf(await mistaken.verify(token)), 'unavailable', 'its document does not speak for that');
  }
});

it('reads names where the provider writes them', async (t) => {
  const { provider, verify } = await world(t);
  const described = async (claims: TokenClaims) => {
    const verdict = await verify(await provider.token({ ...engineer, ...claims }));
    return verdict.outcome === 'verified' ? [verdict.identity.email, verdict.identity.name] : assert.fail();
  };
  assert.deepEqual(await described({}), [undefined, undefined]);
  assert.deepEqual(await described({ email: 'e@x', preferred_username: 'p@x', name: 'N', given_name: 'G' }), [
    'e@x',
    'N',
  ]);
  assert.deepEqual(await described({ email: '', preferred_username: 'p@x', given_name: 'G' }), ['p@x', 'G']);
});

it('takes roles as an object, as an array, and per project; without a role nobody comes in', async (t) => {
  const { provider, verify } = await world(t, { projectId: '77' });
  const outcome = async (claims: TokenClaims) => {
    const verdict = await verify(await provider.token(claims));
    return verdict.outcome === 'verified' ? verdict.identity.role : verdict.outcome;
  };
  const where = { 9001: 'acme.example' };
  assert.equal(await outcome({ [plain]: [{ field_worker: where }, { engineer: where }] }), 'engineer');
  assert.equal(await outcome({ 'urn:zitadel:iam:org:project:77:roles': { admin: where } }), 'admin');
  assert.equal(await outcome({ 'urn:zitadel:iam:org:project:78:roles': { admin: where } }), 'no-role');
  assert.equal(await outcome({ [plain]: { gardener: where } }), 'no-role');
  assert.equal(await outcome({}), 'no-role');
});

it('refuses claims that are missing, of another, or out of their time', async (t) => {
  const { provider, verify, nowS } = await world(t);
  const sound = { ...engineer, iss: provider.issuer, aud: provider.audience, sub: '1', exp: nowS() + 60 };
  const outcome = async (claims: TokenClaims): Promise<string> => codeOf(await verify(await provider.signed(claims)));
  assert.equal(await outcome(sound), 'verified');
  assert.equal(await outcome({ ...sound, aud: ['other', provider.audience] }), 'verified');
  assert.equal(await outcome({ ...sound, nbf: nowS() - 1 }), 'verified');
  const { iss, aud, sub, exp, ...rest } = sound;
  assert.equal(await outcome({ ...rest, aud, sub, exp }), 'claims');
  assert.equal(await outcome({ ...rest, iss, sub, exp }), 'claims');
  assert.equal(await outcome({ ...rest, iss, aud, exp }), 'claims');
  assert.equal(await outcome({ ...rest, iss, aud, sub }), 'claims');
  assert.equal(await outcome({ ...sound, sub: '' }), 'claims');
  assert.equal(await outcome({ ...sound, iss: `${provider.issuer}/` }), 'claims');
  assert.equal(await outcome({ ...sound, aud: 'other' }), 'claims');
  assert.equal(await outcome({ ...sound, exp: nowS() - 60 }), 'expired');
  assert.equal(await outcome({ ...sound, nbf: nowS() + 60 }), 'claims');
});

it('refuses every other algorithm, the public key as a secret, and a token that names no key', async (t) => {
  const { provider, verify, nowS } = await world(t);
  const sound = { ...engineer, iss: provider.issuer, aud: provider.audience, sub: '1', exp: nowS() + 60 };
  const [rsa] = await provider.publicKeys();
  const pem = createPublicKey({ key: { ...rsa }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const input = (header: object): string =>
    [header, sound].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const named = { kid: rsa?.kid };
  const hs256 = input({ ...named, alg: 'HS256' });
  const asked = provider.asked();
  const forged = `${hs256}.${createHmac('sha256', pem).update(hs256).digest('base64url')}`;
  assert.equal(codeOf(await verify(forged)), 'algorithm');
  assert.equal(codeOf(await verify(`${input({ ...named, alg: 'none' })}.`)), 'malformed');
  assert.equal(codeOf(await verify(`${input({ ...named, alg: 'none' })}.AA`)), 'algorithm');
  assert.equal(codeOf(await verify(`${input({ ...named, alg: 'PS256' })}.AA`)), 'algorithm');
  assert.equal(codeOf(await verify(await provider.signed(sound, 'without-kid'))), 'malformed');
  assert.equal(codeOf(await verify('a.b.c')), 'malformed');
  assert.deepEqual(provider.asked(), asked, 'none of these costs the provider a question');
});

it('refuses what was tampered with, and what another key signed under a known name', async (t) => {
  const { provider, verify } = await world(t);
  const [header, , signature] = (await provider.token(engineer)).split('.');
  const raised = Buffer.from(JSON.stringify({ iss: provider.issuer, sub: '1' })).toString('base64url');
  assert.equal(codeOf(await verify(`${header}.${raised}.${signature}`)), 'signature');
  assert.equal(codeOf(await verify(forged(provider.issuer, 'rs256-0'))), 'signature');
});

it('a cold start asks once, however many wait', async (t) => {
  const { provider, verify } = await world(t);
  const token = await provider.token(engineer);
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => verify(token)));
  assert.ok(verdicts.every(({ outcome }) => outcome === 'verified'));
  assert.deepEqual(provider.asked(), { discovery: 1, keys: 1 });
});

it('takes a turned key at once, and the former one no more', async (t) => {
  const { provider, verify, pass } = await world(t);
  const former = await provider.token(engineer);
  assert.equal(codeOf(await verify(former)), 'verified');
  pass(limits.unknownKeyMs);
  await provider.rotate();
  assert.equal(codeOf(await verify(await provider.token(engineer))), 'verified');
  assert.equal(codeOf(await verify(former)), 'signature');
  assert.equal(provider.asked().keys, 2);
});

it('takes both keys while both are published', async (t) => {
  const { provider, verify, pass } = await world(t);
  const former = await provider.token(engineer);
  await verify(former);
  pass(limits.unknownKeyMs);
  await provider.rotate('keep-former');
  assert.equal(codeOf(await verify(await provider.token(engineer))), 'verified');
  assert.equal(codeOf(await verify(former)), 'verified');
});

it('notices within the time to live that a key was taken back, though its token was verified before', async (t) => {
  const { provider, verify, pass } = await world(t);
  const token = await provider.token(engineer);
  await verify(token);
  await provider.rotate();
  assert.equal(codeOf(await verify(token)), 'verified', 'nobody has asked yet');
  pass(limits.ttlMs);
  assert.equal(codeOf(await verify(token)), 'signature');
});

it('asks again in the background when half the time is over, so that nobody waits', async (t) => {
  const { provider, verify, pass } = await world(t);
  const token = await provider.token(engineer);
  await verify(token);
  provider.away('silent');
  pass(limits.ttlMs / 2);
  assert.equal(codeOf(await verify(token)), 'verified', 'while the question hangs');
});

it('a flood of invented keys costs the provider one question in a while, and nobody else is stopped', async (t) => {
  const { provider, verify, pass } = await world(t);
  const token = await provider.token(engineer);
  await verify(token);
  const flood = async (): Promise<void> => {
    const verdicts = await Promise.all(
      Array.from({ length: 200 }, (_, n) => verify(forged(provider.issuer, `invented ${n} ${Math.random()}`))),
    );
    assert.ok(verdicts.every((verdict) => codeOf(verdict) === 'signature'));
    assert.equal(codeOf(await verify(token)), 'verified');
  };
  await flood();
  assert.equal(provider.asked().keys, 1, 'the keys were only just asked for');
  for (const round of [1, 2, 3]) {
    pass(limits.unknownKeyMs);
    await flood();
    await flood();
    assert.deepEqual(provider.asked(), { discovery: 1, keys: 1 + round });
  }
});

it('while the provider is away known keys go on, and others are asked to come again', async (t) => {
  const { provider, verify, pass } = await world(t);
  const token = await provider.token(engineer);
  await verify(token);
  await provider.rotate('keep-former');
  const fresh = await provider.token(engineer);
  provider.away();
  pass(limits.ttlMs * 2);
  assert.equal(codeOf(await verify(token)), 'verified');
  const asked = provider.asked();
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => verify(fresh)));
  for (const verdict of verdicts) assert.deepEqual(verdict, { outcome: 'unavailable', retryAfterS: 5 });
  assert.deepEqual(provider.asked(), asked, 'it was only just found to be away');

  provider.back();
  pass(limits.retryMs);
  assert.equal(codeOf(await verify(fresh)), 'verified');
  assert.equal(codeOf(await verify(token)), 'verified');
});

it('without known keys it is unavailable, with the time to come again, until the provider is back', async (t) => {
  const { provider, verify, pass } = await world(t);
  const token = await provider.token(engineer);
  provider.away();
  assert.deepEqual(await verify(token), { outcome: 'unavailable', retryAfterS: 5 });
  const asked = provider.asked();
  pass(3000);
  assert.deepEqual(await verify(token), { outcome: 'unavailable', retryAfterS: 2 });
  assert.deepEqual(provider.asked(), asked);
  provider.back();
  pass(2000);
  assert.equal(codeOf(await verify(token)), 'verified');
});

it('a provider that takes the question and never answers is away', async (t) => {
  const { provider, verify } = await world(t);
  const token = await provider.token(engineer);
  provider.away('silent');
  assert.equal(codeOf(await verify(token)), 'unavailable');
});

it('known keys do not go on for ever', async (t) => {
  const { provider, verify, pass } = await world(t);
  const token = await provider.token({ ...engineer, exp: 9_999_999_999 });
  await verify(token);
  provider.away();
  pass(limits.staleMaxMs - 1);
  assert.equal(codeOf(await verify(token)), 'verified');
  pass(1);
  assert.equal(codeOf(await verify(token)), 'unavailable');
});

it('asks no document that speaks for another issuer', async (t) => {
  const provider = await testProvider(t);
  const issuer = provider.issuer.replace('127.0.0.1', 'localhost');
  const { verify } = await world(t, { issuer }, provider);
  assert.equal(codeOf(await verify(await provider.token(engineer))), 'unavailable');
  assert.equal(provider.asked().keys, 0);
});

const limits = { ttlMs: 300_000, unknownKeyMs: 10_000, retryMs: 5_000, staleMaxMs: 86_400_000, timeoutMs: 3_000 };

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (_: object, text: string) => assert.fail(text),
};

/** A provider, and a verifier whose time passes when the test says so. */
const world = async (
  t: TestContext,
  settings: Partial<OidcSettings> & TestProviderSettings = {},
  provider?: TestProvider,
) => {
  const at = provider ?? (await testProvider(t, settings));
  let passedMs = 0;
  const nowMs = (): number => Date.now() + passedMs;
  const { verify } = oidcVerifier({
    issuer: at.issuer,
    audience: at.audience,
    grantOf: providerGrant,
    // Tokens live by the real clock, which is the provider's too; what passes here is the age of keys.
    clock: { nowUs: () => Date.now() * 1000 },
    timer: { nowMs: () => passedMs },
    logger: silent,
    limits,
    ...settings,
  });
  return {
    provider: at,
    verify,
    nowS: () => Math.floor(nowMs() / 1000),
    pass: (ms: number) => {
      passedMs += ms;
    },
  };
};

const codeOf = (verdict: OidcVerdict): string => (verdict.outcome === 'refused' ? verdict.code : verdict.outcome);

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

const forged = (issuer: string, kid: string): string => {
  const claims = { ...engineer, iss: issuer, aud: 'plenum@fibre', sub: '1', exp: 9_999_999_999 };
  const input = [{ alg: 'RS256', kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${input.join('.')}.${createSign('sha256').update(input.join('.')).sign(stranger.privateKey, 'base64url')}`;
};
