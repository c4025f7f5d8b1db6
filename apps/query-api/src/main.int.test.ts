/** The API as a process by itself: its first start, its secrets, and what it never says in its log. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { type StartedProgram, startProgram } from '@plenum/runtime/testing';

const main = path.join(import.meta.dirname, 'main.ts');

const start = (t: TestContext, environment: Readonly<Record<string, string>>): StartedProgram => {
  const TMPDIR = mkdtempSync(path.join(tmpdir(), 'first-'));
  t.after(() => rmSync(TMPDIR, { recursive: true, force: true }));
  const unset = {
    TMPDIR,
    DATABASE_URL: '',
    LOG: '',
    LOG_LEVEL: '',
    JWT_SECRET: '',
    PLENUM_MASTER_KEY: '',
    ZITADEL_DOMAIN: '',
  };
  return startProgram(t, {
    words: [main],
    env: { ...process.env, ...unset, PORT: '0', HTTP_HOST: '127.0.0.1', ...environment },
  });
};

/** Where it listens, once it says so. */
const listening = ({ until }: StartedProgram): Promise<string> =>
  until((stdout) => /"address":"(http:\/\/[^"]+)"/.exec(stdout)?.[1]);

/** The file that it writes its secret to. It says so before it listens, but what it says may arrive later. */
const confided = ({ until }: StartedProgram): Promise<string> =>
  until((_, stderr) => /written once, to (\S+)\n/.exec(stderr)?.[1]);

test('the first start shows one password, and the log none', async (t) => {
  const PLENUM_DATA_DIR = testDirectory(t);
  const first = start(t, { PLENUM_DATA_DIR });
  const url = await listening(first);
  const told = readFileSync(await confided(first), 'utf8');
  const password = /password {2}(\S+)/.exec(told)?.[1] ?? assert.fail(told);
  const login = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'admin', password }),
  });
  assert.equal(login.status, 201, await login.clone().text());
  const { token } = (await login.json()) as { readonly token: string }; // As the route declares it.
  const changed = await fetch(`${url}/api/v1/me/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ password, new_password: 'quite another one 2026' }),
  });
  assert.ok(changed.ok, await changed.text());
  assert.equal((await fetch(`${url}/api/v1/me`)).status, 401);
  first.process.kill('SIGTERM');
  assert.deepEqual(await first.exited, [0, null], first.stderr());
  for (const secret of [password, token, 'quite another one']) {
    assert.ok(!`${first.stdout()}${first.stderr()}`.includes(secret), 'a secret is in what a container would keep');
  }

  const second = start(t, { PLENUM_DATA_DIR });
  const me = await fetch(`${await listening(second)}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(me.status, 200, 'what was signed before is good');
  assert.doesNotMatch(second.stderr(), /password|administrator/);
  second.process.kill('SIGTERM');
  assert.deepEqual(await second.exited, [0, null], second.stderr());
});

test('it does not start without the secrets of a deployment', async (t) => {
  const DATABASE_URL = 'postgresql://plenum@127.0.0.1:1/plenum';
  const missing = start(t, { DATABASE_URL });
  assert.deepEqual(await missing.exited, [78, null]);
  assert.match(missing.stderr(), /JWT_SECRET is missing: .*\n {2}PLENUM_MASTER_KEY is missing: /);
  const same = 'f'.repeat(64);
  const weak = start(t, { DATABASE_URL, JWT_SECRET: 'change-me-in-production-0123456789', PLENUM_MASTER_KEY: same });
  assert.deepEqual(await weak.exited, [78, null]);
  assert.match(weak.stderr(), /JWT_SECRET must be a random text of 32 bytes or more/);
  assert.doesNotMatch(weak.stderr(), /0123456789/);
});
