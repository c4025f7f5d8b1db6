/** Makes every kind of secret there is, and then looks for each of them wherever something is kept or said. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { inspect } from 'node:util';
import { topics } from '@plenum/catalogue';
import { apiKeyHash, hashEncryption, parsePasswordHash } from '@plenum/credentials';
import type { Log, Logger } from '@plenum/runtime';
import {
  byPlenum,
  done,
  here,
  newKey,
  newSecret,
  newUser,
  shown,
  type TestAuthentication,
  testAuthentication,
  testCredentials,
} from './testing/index.ts';

/** Every row of every table of ours, as text: bytes are hexadecimal in it. */
const tables = async ({ pool }: TestAuthentication): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await pool.query<{ readonly name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const found = new Map<string, string>();
  for (const { name } of rows) {
    const all = await pool.query<{ readonly row: string }>(`select t::text as row from ${name} t`);
    found.set(name, all.rows.map(({ row }) => row).join('\n'));
  }
  return found;
};

const recordsOf = async (log: Pick<Log, 'positions' | 'read'>, names: readonly string[]): Promise<string> => {
  const found: string[] = [];
  for (const topic of names) {
    for (const { partition, next } of await log.positions(topic)) {
      for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
        for (const { key, value, headers } of records) {
          found.push(
            key,
            JSON.stringify(headers),
            Buffer.from(value).toString('latin1'),
            Buffer.from(value).toString('hex'),
          );
        }
      }
    }
  }
  return found.join('\n');
};

it('nothing secret is in a table, a topic, a log or an answer', async (t) => {
  const said: string[] = [];
  const say = (fields: object, message: string): void => void said.push(message, inspect(fields, { depth: 9 }));
  const logger: Logger = { debug: say, info: say, warn: say, error: say };
  const world = await testAuthentication(t, { logger });
  const { authentication, config, pool, store, log, codec } = world;
  const { users, keys, good, bad } = await testCredentials(world);
  const answers: unknown[] = [];
  for (const { headers } of [...good, ...bad]) {
    answers.push(
      await authentication.authenticate({
        ...here,
        authorization: headers.authorization,
        apiKey: headers['x-api-key'],
      }),
    );
  }
  const typed = 'a password typed where the login belongs';
  const [ana] = users;
  assert.ok(ana !== undefined);
  const given = 'a password that somebody gave them';
  const later = 'the one they chose for themselves';
  const asked = { ...here, login: ana.login };
  answers.push(await authentication.logins.login({ ...asked, password: 'a guess that was wrong' }));
  answers.push(await authentication.logins.login({ ...here, login: typed, password: typed }));
  await done(authentication.users.resetPassword(ana.id, { password: given, ...byPlenum() }));
  const own = { ...here, userId: ana.id, tokenId: undefined, id: 'own', password: given, newPassword: later };
  answers.push(await authentication.logins.changePassword(own));
  answers.push(
    await authentication.users.create({
      login: ana.login,
      name: 'A',
      role: 'guest',
      password: 'another of those',
      ...byPlenum(),
    }),
  );
  const started = await authentication.logins.login({ ...asked, password: later });
  assert.ok(started.outcome === 'started');
  answers.push(await authentication.logins.changePassword({ ...own, id: 'x', newPassword: 'short one' }));
  // With another master key nothing opens, and it is said aloud.
  const keyless = await world.another({ codec, config: { ...config, PLENUM_MASTER_KEY: newSecret() } });
  answers.push(await keyless.logins.login({ ...asked, password: later }));
  const fresh = await newKey(authentication, 'guest');
  answers.push(await keyless.authenticate(shown(fresh)));
  const another = await newUser(authentication, 'guest');
  const kept = { iterations: 100_000, salt: newSecret(), hash: randomBytes(32).toString('hex') };
  const sha256 = randomBytes(32).toString('hex');
  const imported = { name: 'old', role: 'guest' } as const;
  answers.push(await authentication.users.import({ ...imported, login: 'old', password: kept }));
  answers.push(await authentication.users.import({ ...imported, login: 'OLD', importedId: 'x', password: kept }));
  answers.push(await authentication.keys.import({ ...imported, keyId: 'old_1', sha256 }));
  answers.push(await authentication.keys.import({ ...imported, keyId: 'old_2', sha256 }));
  await authentication.close();
  await keyless.close();

  const encryption = hashEncryption({ current: config.PLENUM_MASTER_KEY });
  const { rows } = await pool.query<{
    subject: string;
    kind: string;
    encrypted: Uint8Array | null;
    encrypted_with: string;
  }>('select subject, kind, encrypted, encrypted_with from plenum_access.credential_hash');
  const hashes = rows.flatMap(({ subject, encrypted, encrypted_with: encryptedWith }) => {
    const opened = encrypted === null ? undefined : encryption.decrypt(subject, { encrypted, encryptedWith });
    if (opened?.outcome !== 'decrypted') return [];
    const parsed = parsePasswordHash(opened.text);
    return parsed === undefined ? [opened.text] : [parsed.hash, parsed.salt];
  });
  const tokens = [...users, another, started].map(({ token }) => token);
  const shownTokens = [...good, ...bad].flatMap(
    ({ headers }) => headers.authorization?.match(/^Bearer (\S{40,})$/)?.[1] ?? [],
  );
  const secrets = [
    config.JWT_SECRET,
    config.PLENUM_MASTER_KEY,
    ...[...users, another].map(({ password }) => password),
    ...[given, later, typed, 'a guess that was wrong', 'another of those', 'short one'],
    ...[...keys, fresh].flatMap(({ key }) => [key, apiKeyHash(key)]),
    ...[...tokens, ...shownTokens],
    ...[...tokens, ...shownTokens].map((token) => token.split('.')[2] ?? '').filter((signature) => signature !== ''),
    ...bad.flatMap(({ headers }) => (headers['x-api-key'] ?? '').match(/^\S{20,}$/)?.[0] ?? []),
    ...[...hashes, kept.salt, kept.hash, sha256],
  ];
  assert.ok(secrets.length > 100 && hashes.length > 20 && secrets.every((secret) => secret.length > 8));

  const decisions = topics.filter(({ holds }) => holds === 'decisions').map(({ name }) => name);
  const places = new Map([
    ...(await tables(world)),
    [
      'the log',
      await recordsOf(
        log,
        topics.map(({ name }) => name),
      ),
    ],
    ['the log of decisions', await recordsOf(store.source, decisions)],
    ['what was logged', said.join('\n')],
    ['answers', inspect(answers, { depth: 9 })],
  ]);
  for (const name of [
    'plenum_access.authorized_user',
    'plenum_store.stream_event',
    'the log',
    'the log of decisions',
    'what was logged',
  ]) {
    assert.ok((places.get(name) ?? '').length > 0, `${name} is empty`);
  }
  const has = (text: string, wanted: string): boolean =>
    text.includes(wanted) || text.includes(Buffer.from(wanted).toString('hex'));
  const withId = [...places].filter(([, text]) => has(text, ana.id)).map(([place]) => place);
  assert.ok(withId.includes('plenum_access.authorized_user') && withId.includes('the log of decisions'), 'it can find');
  for (const [place, text] of places) {
    for (const secret of secrets) {
      assert.ok(!has(text, secret), `${place} has the secret that begins with ${secret.slice(0, 6)}`);
    }
  }
});
