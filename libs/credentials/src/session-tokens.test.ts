import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { tokenGrant } from '@plenum/access';
import { type SessionSettings, type SessionVerdict, sessionTokens } from './session-tokens.ts';
import { digestId } from './token-text.ts';

const secret = randomBytes(32).toString('base64');
const startS = 1_790_000_000;

const world = async (settings: Partial<SessionSettings> = {}) => {
  let nowS = startS;
  const clock = { nowUs: () => nowS * 1_000_000 };
  const tokens = await sessionTokens({
    secret,
    issuer: 'plenum',
    audience: 'plenum-api',
    grantOf: tokenGrant,
    clock,
    ...settings,
  });
  return {
    ...tokens,
    pass: (seconds: number) => {
      nowS += seconds;
    },
  };
};

const maria = {
  userId: '0190-maria',
  role: 'operator',
  permissions: ['read:sensors', 'write:commands'],
  name: 'María',
} as const;

/** A token by hand, so that nothing of what is tested makes it. */
const signed = (claims: object, key: string | Buffer = secret, header: object = { alg: 'HS256' }): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
};
const times = { iat: startS, exp: startS + 86_400 };
const recorded = { token_id: 'ab'.repeat(16), user_id: 'u1', role: 'guest', permissions: ['read:sensors'], ...times };
const bare = { sub: 'u2', email: 'u2@x.example', name: 'U', org: 'o', role: 'admin', ...times };

const codeOf = (verdict: SessionVerdict): string =>
  verdict.outcome === 'refused' ? verdict.code : assert.fail('it was let in');

it('verifies what it issued, for a day', async () => {
  const { issue, verify, pass } = await world();
  const { token, tokenId, expiresAtS } = await issue(maria);
  assert.equal(expiresAtS, startS + 86_400);
  const expected = { ...maria, permissions: [...maria.permissions], tokenId, issuedAtS: startS, expiresAtS };
  assert.deepEqual(await verify(token), { outcome: 'verified', session: { ...expected, shape: 'ours' } });
  pass(86_399);
  assert.equal((await verify(token)).outcome, 'verified');
  pass(10);
  assert.equal(codeOf(await verify(token)), 'expired');
});

it('carries both shapes of claims', async () => {
  const { issue } = await world();
  const { token, tokenId } = await issue(maria);
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  assert.deepEqual(claims, {
    token_id: tokenId,
    user_id: maria.userId,
    role: 'operator',
    permissions: maria.permissions,
    name: 'María',
    iss: 'plenum',
    aud: 'plenum-api',
    sub: maria.userId,
    jti: tokenId,
    ...times,
  });
});

it('signs without an audience for clients that refuse one, and then asks for none', async () => {
  const { issue, verify } = await world({ audience: undefined });
  const { token } = await issue(maria);
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object; // Our own.
  assert.ok(!('aud' in claims) && 'iss' in claims);
  assert.equal((await verify(token)).outcome, 'verified');
  const before = await (await world()).issue(maria);
  assert.equal((await verify(before.token)).outcome, 'verified', 'signed before the setting was changed');
  assert.equal(codeOf(await (await world()).verify(token)), 'claims');
  assert.equal(codeOf(await verify(signed({ ...recorded, iss: 'other' }))), 'claims');
});

it('takes tokens in the shape of the IoT stack', async () => {
  const { verify } = await world();
  const { token_id: tokenId, user_id: userId, role, permissions } = recorded;
  const session = { tokenId, userId, role, permissions, issuedAtS: times.iat, expiresAtS: times.exp };
  assert.deepEqual(await verify(signed(recorded)), { outcome: 'verified', session: { ...session, shape: 'replaced' } });
});

it('takes tokens in the shape of the middleware; their admin is our administrator, their id a digest', async () => {
  const { verify } = await world();
  const token = signed(bare);
  const verdict = await verify(token);
  assert.ok(verdict.outcome === 'verified');
  assert.deepEqual(verdict.session, {
    tokenId: digestId(token),
    userId: 'u2',
    role: 'administrator',
    permissions: ['*'],
    email: 'u2@x.example',
    name: 'U',
    issuedAtS: times.iat,
    expiresAtS: times.exp,
    shape: 'replaced',
  });
});

it('a bare token has one spelling only, so that a digest can revoke it', async () => {
  const { verify } = await world();
  const token = signed(bare);
  assert.equal((await verify(token)).outcome, 'verified');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = letters.indexOf(token.at(-1) ?? '');
  for (const bits of [1, 2, 3]) {
    const other = token.slice(0, -1) + letters[last ^ bits];
    const bytes = (text: string): Buffer => Buffer.from(text.split('.')[2] ?? '', 'base64url');
    assert.deepEqual(bytes(other), bytes(token), 'the same signature, spelled in another way');
    assert.equal(codeOf(await verify(other)), 'malformed');
  }
  assert.equal(codeOf(await verify(`${token}=`)), 'malformed');
});

it('refuses every algorithm but HS256, whatever the key', async () => {
  const { verify } = await world();
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  assert.equal(codeOf(await verify(signed(recorded, pem))), 'signature');
  assert.equal(codeOf(await verify(signed(recorded, pem, { alg: 'RS256' }))), 'algorithm');
  assert.equal(codeOf(await verify(signed(recorded, secret, { alg: 'none' }))), 'algorithm');
  assert.equal(codeOf(await verify(signed(recorded, secret, { alg: 'HS512' }))), 'algorithm');
  const unsigned = signed(recorded, secret, { alg: 'none' }).replace(/[^.]+$/, '');
  assert.equal(codeOf(await verify(unsigned)), 'malformed');
  assert.equal(codeOf(await verify(signed(recorded, secret, { alg: 'HS256', crit: ['x'], x: 1 }))), 'malformed');
});

it('refuses what was tampered with, and what is no token', async () => {
  const { issue, verify } = await world();
  const { token } = await issue(maria);
  const [header = '', , signature = ''] = token.split('.');
  const raised = Buffer.from(JSON.stringify({ ...recorded, permissions: ['*'] })).toString('base64url');
  assert.equal(codeOf(await verify(`${header}.${raised}.${signature}`)), 'signature');
  for (const text of ['', 'a.b', 'a.b.c', '..', `${token}.x`, ` ${token}`, 'x'.repeat(10_000)])
    assert.equal(codeOf(await verify(text)), 'malformed', text);
});

it('refuses times that are missing, wrong, or too far apart', async () => {
  const { verify } = await world();
  const { iat, exp, ...timeless } = recorded;
  assert.equal(codeOf(await verify(signed({ ...timeless, iat }))), 'claims');
  assert.equal(codeOf(await verify(signed({ ...timeless, exp }))), 'claims');
  assert.equal(codeOf(await verify(signed({ ...timeless, iat, exp: startS - 10 }))), 'expired');
  assert.equal(codeOf(await verify(signed({ ...timeless, iat: startS + 60, exp }))), 'claims');
  assert.equal(codeOf(await verify(signed({ ...timeless, iat: startS - 60, exp }))), 'claims', 'a day and a minute');
  assert.equal(codeOf(await verify(signed({ ...recorded, nbf: startS + 60 }))), 'claims');
  assert.equal(
    (await verify(signed({ ...timeless, iat: startS + 3, exp }))).outcome,
    'verified',
    'clocks differ a bit',
  );
});

it('refuses another issuer or audience, and one without the other', async () => {
  const { verify } = await world();
  const outcome = async (claims: object): Promise<string> => (await verify(signed({ ...recorded, ...claims }))).outcome;
  assert.equal(await outcome({ iss: 'plenum', aud: 'plenum-api' }), 'verified');
  assert.equal(await outcome({ iss: 'plenum', aud: ['other', 'plenum-api'] }), 'verified');
  assert.equal(await outcome({ iss: 'other', aud: 'plenum-api' }), 'refused');
  assert.equal(await outcome({ iss: 'plenum', aud: 'other' }), 'refused');
  assert.equal(await outcome({ iss: 'plenum' }), 'refused');
  assert.equal(await outcome({ aud: 'plenum-api' }), 'refused');
});

it('refuses claims that contradict each other or say nothing', async () => {
  const { verify } = await world();
  const outcome = async (claims: object): Promise<string> => (await verify(signed({ ...recorded, ...claims }))).outcome;
  assert.equal(await outcome({ sub: 'u1', jti: recorded.token_id }), 'verified');
  const ours = { iss: 'plenum', aud: 'plenum-api', token_id: undefined };
  assert.equal(await outcome(ours), 'refused', 'ours always have an id');
  assert.equal(await outcome({ sub: 'somebody else' }), 'refused');
  assert.equal(await outcome({ jti: 'cd'.repeat(16) }), 'refused');
  assert.equal(await outcome({ token_id: 'short' }), 'refused');
  assert.equal(await outcome({ token_id: 7 }), 'refused');
  assert.equal(await outcome({ user_id: undefined }), 'refused');
  assert.equal(await outcome({ role: 'root' }), 'refused');
  assert.equal(await outcome({ role: 'constructor', permissions: undefined }), 'refused');
  assert.equal(await outcome({ permissions: '*' }), 'refused');
  assert.equal(await outcome({ permissions: [1] }), 'refused');
});

it('takes tokens of the previous secret until that is taken away, and signs with the current', async () => {
  const next = randomBytes(32).toString('base64');
  const { token } = await (await world()).issue(maria);
  const during = await world({ secret: next, previousSecret: secret });
  const after = await world({ secret: next });
  assert.equal((await during.verify(token)).outcome, 'verified');
  assert.equal(codeOf(await after.verify(token)), 'signature');
  assert.equal((await after.verify((await during.issue(maria)).token)).outcome, 'verified');
});

it('verifies a text it has verified before without looking at the signature again', async () => {
  const { issue, verify } = await world();
  const { token } = await issue(maria);
  const first = await verify(token);
  const second = await verify(token);
  assert.ok(first.outcome === 'verified' && second.outcome === 'verified');
  assert.equal(second.session, first.session);
});
