/** `plenum users import` and `keys import`, as a process of its own: a dry run, the real one, and the same again. */
import assert from 'node:assert/strict';
import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { hs256 } from '@plenum/authentication/testing';
import { testDirectory } from '@plenum/postgres/testing';
import { plenumUp } from '../testing/plenum-up.ts';
import { type Ended, runPlenum } from '../testing/run-plenum.ts';

const kept = (password: string) => {
  const salt = randomBytes(32).toString('hex');
  return {
    password_hash: pbkdf2Sync(password, salt, 100_000, 32, 'sha256').toString('hex'),
    password_salt: salt,
  };
};

const told = ({ stdout }: Ended): readonly Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>); // As the command writes with --json.

const outcomes = (ended: Ended): readonly unknown[] => told(ended).map(({ outcome }) => outcome);

it('imports those that it can, says why not the others, and does it once', async (t) => {
  const place = { PLENUM_DATA_DIR: testDirectory(t), JWT_SECRET: randomBytes(32).toString('hex') };
  const up = await plenumUp(t, place);
  const users = [
    { login: 'ana', role: 'operator', id: 'u-1', email: 'ana@example.org', ...kept('operator') },
    { login: 'bo', role: 'janitor', ...kept('b') },
    { login: 'cy', role: 'guest', password_hash: `${'ab'.repeat(16)}:${'cd'.repeat(32)}` },
    { login: 'ANA', role: 'guest', id: 'u-4', ...kept('d') },
    { login: 'dan', role: 'guest', id: 'u-5', permissions: '["read:sensors"]', ...kept('e') },
  ];
  const file = path.join(place.PLENUM_DATA_DIR, 'users.ndjson');
  writeFileSync(file, `${users.map((user) => JSON.stringify(user)).join('\n')}\nno JSON\n`);
  const words = ['users', 'import', '--file', file, '--json'];

  const dry = await runPlenum(place, [...words, '--dry-run']);
  assert.equal(dry.code, 1, dry.stderr);
  assert.deepEqual(outcomes(dry), ['imported', 'refused', 'refused', 'refused', 'imported', 'refused', 'done']);
  const real = await runPlenum(place, words);
  assert.equal(real.code, 1, real.stderr);
  assert.deepEqual(outcomes(real), outcomes(dry), 'as it was foretold');
  assert.deepEqual(
    told(real).map(({ place: where }) => where),
    ['line 1', 'line 2', 'line 3', 'line 4', 'line 5', 'line 6', undefined],
  );
  const summary = { outcome: 'done', dryRun: false, users: 6, imported: 2, known: 0, refused: 4 };
  assert.deepEqual(told(real).at(-1), summary);
  const again = await runPlenum(place, [...words, '--without-hash', 'one-time']);
  assert.deepEqual(outcomes(again), ['known', 'refused', 'imported', 'refused', 'known', 'refused', 'done']);
  const secret = String(told(again)[2]?.secret);
  assert.match(secret, /^[a-z0-9]{6}(-[a-z0-9]{6}){3}$/);

  const login = async (name: string, password: string): Promise<number> => {
    const response = await fetch(`${up.apiUrl}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: name, password }),
    });
    return response.status;
  };
  assert.deepEqual(
    [await login('ana', 'operator'), await login('ana', 'd'), await login('cy', secret)],
    [201, 401, 201],
  );

  const nowS = Math.floor(Date.now() / 1000);
  const iot = { token_id: 'ab'.repeat(16), user_id: 'u-1', role: 'operator', permissions: ['read:sensors'] };
  const token = hs256({ ...iot, iat: nowS, exp: nowS + 86_400 }, place.JWT_SECRET);
  const me = await fetch(`${up.apiUrl}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(me.status, 200);
  assert.equal(((await me.json()) as { readonly id: string }).id, told(real)[0]?.id); // As the route declares it.

  const key = randomBytes(32).toString('hex');
  const sha256 = createHash('sha256').update(key).digest('hex');
  const row = { key_id: 'dash_0123abcd', key_hash: sha256, name: 'dash', role: 'guest', is_active: 1, use_count: 3 };
  writeFileSync(file, JSON.stringify([row, { ...row, key_hash: 'x' }, row]));
  for (const [more, came] of [
    [['--dry-run'], ['imported', 'refused', 'known', 'done']],
    [[], ['imported', 'refused', 'known', 'done']],
    [[], ['known', 'refused', 'known', 'done']],
  ] as const) {
    const keys = await runPlenum(place, ['keys', 'import', '--file', file, '--json', ...more]);
    assert.deepEqual([keys.code, outcomes(keys)], [1, came], keys.stderr);
    assert.ok(!`${keys.stdout}${keys.stderr}`.includes(sha256), 'a hash is printed');
  }
  const nodes = await fetch(`${up.apiUrl}/api/v1/nodes`, { headers: { 'x-api-key': key } });
  assert.equal(nodes.status, 200);

  await up.stop();
  const listed = await runPlenum(place, ['users', 'list', '--json']);
  for (const { stdout, stderr } of [dry, real, again, listed, { stdout: up.said(), stderr: '' }]) {
    for (const { password_hash, password_salt } of users as readonly Partial<ReturnType<typeof kept>>[]) {
      for (const never of [password_hash, password_salt]) {
        assert.ok(never === undefined || !`${stdout}${stderr}`.includes(never), 'a hash is printed');
      }
    }
  }
  const verified = await runPlenum(place, ['replay', 'verify', '--json']);
  assert.equal(verified.code, 0, verified.stdout);
});
