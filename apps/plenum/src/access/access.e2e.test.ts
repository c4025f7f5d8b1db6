/** The commands about users, keys and sessions, as processes of their own: alone, beside a running Plenum, and after a loss. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openOwnDatabase } from '@plenum/assembly';
import { query } from '@plenum/postgres';
import { silentLogger, testDirectory } from '@plenum/postgres/testing';
import { plenumUp } from '../testing/plenum-up.ts';
import { type Ended, lastLine, type Place, runPlenum } from '../testing/run-plenum.ts';

const ask = (url: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  fetch(url, { headers }).then((response) => response.status);

/** What another process has just ended is refused when it is asked for a second later, and not for asking too often. */
const isEnded = async (url: string, headers: Readonly<Record<string, string>>): Promise<void> => {
  const endedMs = performance.now();
  for (;;) {
    const sentMs = performance.now();
    const status = await ask(url, headers);
    if (status === 401) return;
    assert.equal(status, 200);
    assert.ok(sentMs - endedMs < 1_000, 'it is still let in');
    // A guest's key may ask ten times in a minute.
    await setTimeout(250);
  }
};

const login = async (apiUrl: string, username: string, password: string): Promise<string | undefined> => {
  const response = await fetch(`${apiUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const { token } = (await response.json()) as { readonly token?: string }; // As the route declares it.
  return token;
};

const passwordIn = ({ stdout }: Ended): string =>
  /shown this once: (\S+)/.exec(stdout)?.[1] ?? assert.fail(`no password in ${stdout}`);

/** The row of a list that has this. */
const rowOf = (listed: Ended, what: string, wanted: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const rows = lastLine(listed)[what] as readonly Record<string, unknown>[]; // As `list` writes them.
  const found = rows.find((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));
  return found ?? assert.fail(`${what} has no ${JSON.stringify(wanted)}: ${listed.stdout}`);
};

describe('the commands about access', () => {
  it('hold at once beside a running Plenum, and alone', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    const nothing = await runPlenum(place, ['users', 'list']);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /there are no data under/);

    const up = await plenumUp(t, place);
    assert.match(up.password, /^[a-z0-9]{6}(-[a-z0-9]{6}){3}$/);
    const token = (await login(up.apiUrl, 'admin', up.password)) ?? assert.fail('the administrator cannot log in');
    const bearer = { authorization: `Bearer ${token}` };
    const users = `${up.apiUrl}/api/v1/users`;
    const nodes = `${up.apiUrl}/api/v1/nodes`;
    assert.deepEqual([await ask(users, {}), await ask(users, bearer)], [401, 200]);

    const issued = lastLine(await runPlenum(place, ['keys', 'issue', '--name', 'dash', '--role', 'guest', '--json']));
    const key = { 'x-api-key': String(issued.secret) };
    assert.deepEqual([await ask(nodes, key), await ask(users, key)], [200, 403]);
    const revoked = await runPlenum(place, ['keys', 'revoke', '--key', String(issued.id)]);
    assert.equal(revoked.stdout, `${issued.id} is revoked\n`);
    await isEnded(nodes, key);

    const created = await runPlenum(place, [
      'users',
      'create',
      '--login',
      'ana',
      '--name',
      'Ana',
      '--role',
      'operator',
    ]);
    const first = passwordIn(created);
    assert.equal(typeof (await login(up.apiUrl, 'ana', first)), 'string');
    const replaced = passwordIn(await runPlenum(place, ['users', 'password', '--user', 'Ana']));
    assert.equal(await login(up.apiUrl, 'ana', first), undefined);
    const anas = { authorization: `Bearer ${await login(up.apiUrl, 'ana', replaced)}` };
    assert.equal(await ask(nodes, anas), 200);
    const listed = await runPlenum(place, ['tokens', 'list', '--user', 'ana', '--json']);
    assert.equal((lastLine(listed).tokens as readonly object[]).length, 1, listed.stdout); // As `list` writes them.
    const ended = await runPlenum(place, ['tokens', 'revoke', '--user', 'ana', '--json']);
    assert.equal((lastLine(ended).ended as readonly string[]).length, 1);
    await isEnded(nodes, anas);
    await up.stop();

    const changed = await runPlenum(place, ['users', 'change', '--user', 'ana', '--role', 'guest', '--json']);
    // Made, given another password, rid of all sessions, changed.
    assert.deepEqual([lastLine(changed).outcome, lastLine(changed).version], ['done', 4]);
    rowOf(await runPlenum(place, ['users', 'list', '--json']), 'users', {
      login: 'ana',
      role: 'guest',
      stream_version: 4,
    });
    rowOf(await runPlenum(place, ['keys', 'list', '--json']), 'keys', { key_id: issued.id, is_revoked: true });
    const again = await plenumUp(t, place);
    assert.equal(again.password, '', 'a second start makes no administrator');
    assert.equal(await ask(`${again.apiUrl}/api/v1/users`, bearer), 200, 'what was signed before is good');
    await again.stop();
    const verified = await runPlenum(place, ['replay', 'verify', '--json']);
    assert.equal(verified.code, 0, verified.stdout);
    const projections = lastLine(verified).projections as readonly {
      readonly projection: string;
      readonly records: number;
    }[]; // Its report.
    for (const name of ['users', 'api_keys', 'jwt_tokens', 'credential_hashes', 'security_events']) {
      assert.ok(
        (projections.find(({ projection }) => projection === name)?.records ?? 0) > 0,
        `${name} was made of nothing`,
      );
    }
    for (const secret of [up.password, first, replaced, String(issued.secret), token]) {
      assert.ok(!`${up.said()}${again.said()}`.includes(secret), 'a secret is in the log');
    }
  });

  it('say what is refused, and why', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    await (await plenumUp(t, place)).stop();
    const create = (...more: readonly string[]) => runPlenum(place, ['users', 'create', '--name', 'Bo', ...more]);
    const id = ['--login', 'bo', '--role', 'guest', '--command-id', 'c1', '--json'];
    const made = lastLine(await create(...id));
    const known = lastLine(await create(...id));
    assert.deepEqual([made.how, known.how, known.id, known.secret], ['recorded', 'known', made.id, undefined]);
    const taken = await create('--login', 'BO', '--role', 'guest');
    assert.deepEqual(
      [taken.code, taken.stdout, taken.stderr],
      [1, '', 'plenum: The login belongs to somebody else.\n'],
    );
    const stale = await runPlenum(place, ['users', 'disable', '--user', 'bo', '--expected-version', '7', '--json']);
    assert.deepEqual([stale.code, lastLine(stale).outcome, lastLine(stale).version], [1, 'conflict', 1]);
    const nobody = await runPlenum(place, ['users', 'enable', '--user', 'nobody']);
    assert.match(nobody.stderr, /there is no user with the login nobody/);
    const role = await create('--login', 'x', '--role', 'king');
    assert.equal(role.code, 64);
    assert.match(role.stderr, /--role must be one of guest, operator/);
    const both = await runPlenum(place, ['tokens', 'revoke']);
    assert.equal(both.code, 64);
  });

  it('refuse weak and missing secrets before anything is opened', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t), DATABASE_URL: 'postgresql://plenum@127.0.0.1:1/plenum' };
    const missing = await runPlenum(place, ['up']);
    assert.equal(missing.code, 78);
    assert.match(missing.stderr, /JWT_SECRET is missing: .*\n {2}PLENUM_MASTER_KEY is missing: /);
    const weak = { ...place, JWT_SECRET: 'CHANGE-ME-IN-PRODUCTION', PLENUM_MASTER_KEY: 'a'.repeat(31) };
    const refused = await runPlenum(weak, ['up']);
    assert.equal(refused.code, 78);
    assert.match(refused.stderr, /JWT_SECRET must be a random text of 32 bytes or more/);
    assert.ok(!refused.stderr.includes('aaaa'));
  });
});

describe('replay rebuild-decisions', () => {
  it('makes the store and the authorization tables again, with and without the master key', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    const up = await plenumUp(t, place);
    const token = await login(up.apiUrl, 'admin', up.password);
    const key = lastLine(await runPlenum(place, ['keys', 'issue', '--name', 'k', '--role', 'guest', '--json']));
    await runPlenum(place, ['users', 'create', '--login', 'ana', '--name', 'Ana', '--role', 'guest']);
    await runPlenum(place, ['users', 'list']);
    await up.stop();
    const before = await tables(place);
    assert.ok(before.every((rows) => rows.length > 0));

    const full = await runPlenum(place, ['replay', 'rebuild-decisions']);
    assert.equal(full.code, 1);
    assert.match(full.stderr, /the store is not empty/);
    await empty(place);
    const refused = await runPlenum(place, ['up']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /the store of decisions in this database is empty.*replay rebuild-decisions/);
    const rebuilt = await runPlenum(place, ['replay', 'rebuild-decisions']);
    assert.equal(rebuilt.code, 0, rebuilt.stderr);
    assert.match(rebuilt.stdout, /Everybody can log in, and every key can be used/);
    assert.deepEqual(await tables(place), before);

    const again = await plenumUp(t, place);
    assert.equal(again.password, '');
    assert.equal(await ask(`${again.apiUrl}/api/v1/users`, { authorization: `Bearer ${token}` }), 200);
    assert.equal(await ask(`${again.apiUrl}/api/v1/nodes`, { 'x-api-key': String(key.secret) }), 200);
    assert.equal(typeof (await login(again.apiUrl, 'admin', up.password)), 'string');
    await again.stop();

    const kept = readFileSync(path.join(place.PLENUM_DATA_DIR, 'master-key'), 'utf8').trim();
    const newer = 'b1'.repeat(32);
    for (const [PLENUM_MASTER_KEY, PLENUM_MASTER_KEY_PREVIOUS] of [
      [newer, kept],
      [kept, newer],
    ] as const) {
      const keys = { PLENUM_MASTER_KEY, PLENUM_MASTER_KEY_PREVIOUS };
      const rewrapped = await runPlenum({ ...place, ...keys }, ['persons', 'rewrap', '--json']);
      assert.deepEqual(lastLine(rewrapped), { rewrapped: 2, locked: 0 });
    }
    rmSync(path.join(place.PLENUM_DATA_DIR, 'master-key'));
    const keyless = await runPlenum(place, ['replay', 'rebuild-decisions', '--replace', '--json']);
    assert.equal(keyless.code, 0, keyless.stderr);
    const { access } = lastLine(keyless) as { readonly access: { readonly summary: string } }; // As it writes it.
    assert.match(access.summary, /PLENUM_MASTER_KEY is not set: nobody can log in or use a key/);
    const other = await plenumUp(t, place);
    assert.equal(await login(other.apiUrl, 'admin', up.password), undefined);
    assert.equal(await ask(`${other.apiUrl}/api/v1/users`, { authorization: `Bearer ${token}` }), 200);
    await other.stop();

    // As the runbook says: who everybody is was lost with the master key, and is said again.
    const locked = await runPlenum(place, ['persons', 'rewrap', '--json']);
    assert.deepEqual([locked.code, lastLine(locked)], [1, { rewrapped: 0, locked: 2 }]);
    await inDatabase(place, (ask_) => ask_('delete from plenum_person.person_key'));
    const { users } = lastLine(await runPlenum(place, ['users', 'list', '--json'])) as {
      readonly users: readonly User[];
    };
    const admin = users.find(({ role }) => role === 'administrator');
    assert.equal(admin?.login, null);
    const loginless = await runPlenum(place, ['users', 'password', '--user', admin.user_id]);
    assert.match(loginless.stderr, /The login of this user was erased/);
    const given = await runPlenum(place, ['users', 'change', '--user', admin.user_id, '--login', 'admin']);
    assert.equal(given.code, 0, given.stderr);
    const helped = passwordIn(await runPlenum(place, ['users', 'password', '--user', 'admin']));
    const last = await plenumUp(t, place);
    assert.equal(typeof (await login(last.apiUrl, 'admin', helped)), 'string');
    await last.stop();
  });
});

/** As `users list` writes them. */
type User = { readonly user_id: string; readonly role: string; readonly login: string | null };

/** Streams and authorization tables, row by row. */
const tables = (place: Place): Promise<readonly (readonly unknown[])[]> =>
  inDatabase(place, async (ask_) => [
    await ask_('select stream, version, topic, key from plenum_store.stream order by stream'),
    await ask_('select stream, version, command_id, value from plenum_store.stream_event order by stream, version'),
    await ask_('select * from plenum_store.command order by command_id'),
    await ask_('select * from plenum_access.authorized_user order by user_id'),
    await ask_('select * from plenum_access.authorized_key order by key_id'),
    await ask_('select * from plenum_access.authorized_session order by token_id'),
    await ask_('select * from plenum_access.credential_hash order by subject'),
  ]);

const empty = (place: Place): Promise<unknown> =>
  inDatabase(place, async (ask_) => {
    await ask_('truncate plenum_store.stream, plenum_store.stream_event, plenum_store.command');
    await ask_(
      'truncate plenum_access.authorized_user, plenum_access.authorized_key, plenum_access.authorized_session',
    );
    return ask_('truncate plenum_access.credential_hash');
  });

const inDatabase = async <T>(
  { PLENUM_DATA_DIR: dataDir }: Place,
  work: (ask: (text: string) => Promise<readonly unknown[]>) => Promise<T>,
): Promise<T> => {
  const database = await openOwnDatabase({ embedded: { dataDir }, applicationName: 'test', logger: silentLogger });
  try {
    return await work((text) => query(database.pool, text));
  } finally {
    await database.close();
  }
};

it('the secrets beside the data are nobody else’s to read, and none of them is in the log', async (t) => {
  const PLENUM_DATA_DIR = testDirectory(t);
  const up = await plenumUp(t, { PLENUM_DATA_DIR, LOG_LEVEL: 'trace' });
  await up.stop();
  const kept = readdirSync(PLENUM_DATA_DIR).filter((file) => /^(jwt-secret|master-key|password)$/.test(file));
  assert.equal(kept.length, 3);
  for (const file of kept) {
    assert.ok(!up.said().includes(readFileSync(path.join(PLENUM_DATA_DIR, file), 'utf8').trim()), file);
  }
});
