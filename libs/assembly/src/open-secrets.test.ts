import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ConfigError, type Environment, readConfig } from '@plenum/config';
import { testDirectory } from '@plenum/postgres/testing';
import { findMasterKeys, openMasterKeys, openSecrets } from './open-secrets.ts';
import { secretPlaceSettings } from './secret-settings.ts';

const config = (environment: Environment) => readConfig(secretPlaceSettings, environment);
const strong = (letter: string): string => letter.repeat(64);
const DATABASE_URL = 'postgresql://db/plenum';

const complaint = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail('it was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError);
  return error.message;
};

describe('secrets', () => {
  it('are made once beside a database of ours, for its owner alone', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    const both = await Promise.all([
      openSecrets(config({ PLENUM_DATA_DIR })),
      openSecrets(config({ PLENUM_DATA_DIR })),
    ]);
    assert.deepEqual(both[0], both[1]);
    assert.notEqual(both[0].sessions.current, both[0].masterKeys.current);
    assert.deepEqual((await readdir(PLENUM_DATA_DIR)).toSorted(), ['jwt-secret', 'master-key']);
    for (const name of ['jwt-secret', 'master-key']) {
      const { mode } = await stat(path.join(PLENUM_DATA_DIR, name));
      assert.equal(mode & 0o777, 0o600, name);
    }
    assert.equal((await readFile(path.join(PLENUM_DATA_DIR, 'jwt-secret'), 'utf8')).trim(), both[0].sessions.current);
    assert.deepEqual(await openSecrets(config({ PLENUM_DATA_DIR })), both[0]);
    assert.deepEqual(await findMasterKeys(config({ PLENUM_DATA_DIR })), both[0].masterKeys);
  });

  it('are those of the environment where it has them', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    const given = { JWT_SECRET: strong('a'), JWT_SECRET_PREVIOUS: strong('b'), PLENUM_MASTER_KEY: strong('c') };
    const expected = {
      sessions: { current: strong('a'), previous: strong('b') },
      masterKeys: { current: strong('c'), previous: undefined },
    };
    assert.deepEqual(await openSecrets(config({ ...given, PLENUM_DATA_DIR })), expected);
    assert.deepEqual(await openSecrets(config({ ...given, DATABASE_URL })), expected);
    assert.deepEqual(
      await openMasterKeys(config({ PLENUM_MASTER_KEY: strong('c'), DATABASE_URL })),
      expected.masterKeys,
    );
    await assert.rejects(readdir(PLENUM_DATA_DIR), { code: 'ENOENT' });
  });

  it('have to be given for a database that is not ours, and strong ones', async () => {
    const absent = await complaint(openSecrets(config({ DATABASE_URL })));
    assert.match(absent, /JWT_SECRET is missing: make one with `openssl rand -hex 32`/);
    assert.match(absent, /PLENUM_MASTER_KEY is missing/);
    assert.doesNotMatch(await complaint(openMasterKeys(config({ DATABASE_URL }))), /JWT_SECRET/);
    assert.equal(await findMasterKeys(config({ DATABASE_URL })), undefined);
    const weak = { JWT_SECRET: 'CHANGE-ME-IN-PRODUCTION-0123456789', PLENUM_MASTER_KEY: 'open sesame' };
    const complaints = await complaint(openSecrets(config({ ...weak, JWT_SECRET_PREVIOUS: 'short' })));
    assert.match(complaints, /JWT_SECRET is a known default/);
    assert.match(complaints, /JWT_SECRET_PREVIOUS has 5 bytes/);
    assert.match(complaints, /PLENUM_MASTER_KEY has 11 bytes; it needs 32 or more/);
    assert.doesNotMatch(complaints, /open sesame|CHANGE-ME/);
  });

  it('that were cut short in their file are refused, and made nothing of', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    await openSecrets(config({ PLENUM_DATA_DIR }));
    await writeFile(path.join(PLENUM_DATA_DIR, 'master-key'), 'abc\n');
    await assert.rejects(openSecrets(config({ PLENUM_DATA_DIR })), /master-key has 3 bytes/);
    assert.equal(await readFile(path.join(PLENUM_DATA_DIR, 'master-key'), 'utf8'), 'abc\n');
  });

  it('are not made by who only looks', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    assert.equal(await findMasterKeys(config({ PLENUM_DATA_DIR })), undefined);
    await assert.rejects(readdir(PLENUM_DATA_DIR), { code: 'ENOENT' });
  });
});
