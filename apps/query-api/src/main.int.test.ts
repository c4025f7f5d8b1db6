/** The API as a process by itself: its first start, its secrets, and what it never says in its log. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';

const main = path.join(import.meta.dirname, 'main.ts');

type Started = {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Settles when it says something more. */
  readonly said: () => Promise<unknown>;
  readonly complained: () => Promise<unknown>;
  readonly exited: Promise<unknown[]>;
  end(): void;
};

const start = (t: TestContext, environment: Readonly<Record<string, string>>): Started => {
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
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...unset, PORT: '0', HTTP_HOST: '127.0.0.1', ...environment },
  });
  t.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = (): void => void child.kill('SIGTERM');
  const said = (): Promise<unknown> => once(child.stdout, 'data');
  const complained = (): Promise<unknown> => once(child.stderr, 'data');
  return { stdout: () => stdout, stderr: () => stderr, said, complained, exited: once(child, 'close'), end };
};

/** Where it listens, once it says so. */
const listening = async ({ stdout, stderr, said, exited }: Started): Promise<string> => {
  const ended = exited.then(() => assert.fail(`it ended: ${stderr()}`));
  for (;;) {
    const found = /"address":"(http:\/\/[^"]+)"/.exec(stdout())?.[1];
    if (found !== undefined) return found;
    await Promise.race([said(), ended]);
  }
};

/** The file that it tells its secret in. It says so before it listens, but what it says may arrive later. */
const confided = async ({ stderr, complained }: Started): Promise<string> => {
  for (;;) {
    const file = /told once, in (\S+)\n/.exec(stderr())?.[1];
    if (file !== undefined) return file;
    await complained();
  }
};

test('the first start tells one password, and the log none', async (t) => {
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
  first.end();
  assert.deepEqual(await first.exited, [0, null], first.stderr());
  for (const secret of [password, token, 'quite another one']) {
    assert.ok(!`${first.stdout()}${first.stderr()}`.includes(secret), 'a secret is in what a container would keep');
  }

  const second = start(t, { PLENUM_DATA_DIR });
  const me = await fetch(`${await listening(second)}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(me.status, 200, 'what was signed before is good');
  assert.doesNotMatch(second.stderr(), /password|administrator/);
  second.end();
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
