import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { withKeptSecrets } from './kept-secrets.ts';

describe('secrets beside a database of ours', () => {
  it('are made once, for their owner alone, whichever process is first', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    const [one, other] = await Promise.all([
      withKeptSecrets({ PLENUM_DATA_DIR }),
      withKeptSecrets({ PLENUM_DATA_DIR }),
    ]);
    assert.deepEqual(one, other);
    assert.match(one.JWT_SECRET ?? '', /^[0-9a-f]{64}$/);
    assert.match(one.PLENUM_MASTER_KEY ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual(one.JWT_SECRET, one.PLENUM_MASTER_KEY);
    assert.deepEqual((await readdir(PLENUM_DATA_DIR)).toSorted(), ['jwt-secret', 'master-key']);
    for (const [name, secret] of [
      ['jwt-secret', one.JWT_SECRET],
      ['master-key', one.PLENUM_MASTER_KEY],
    ] as const) {
      const file = path.join(PLENUM_DATA_DIR, name);
      assert.equal((await stat(file)).mode & 0o777, 0o600, name);
      assert.equal(await readFile(file, 'utf8'), `${secret}\n`);
    }
    assert.deepEqual(await withKeptSecrets({ PLENUM_DATA_DIR, JWT_SECRET: '' }), one);
  });

  it('give way to those of the environment', async (t) => {
    const given = { PLENUM_DATA_DIR: testDirectory(t), JWT_SECRET: 'a'.repeat(64), PLENUM_MASTER_KEY: 'b'.repeat(64) };
    assert.deepEqual(await withKeptSecrets(given), given);
    await assert.rejects(readdir(given.PLENUM_DATA_DIR), { code: 'ENOENT' });
  });

  it('are not made for a database of somebody else, nor by who only looks', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    const elsewhere = { PLENUM_DATA_DIR, DATABASE_URL: 'postgresql://db/plenum' };
    assert.deepEqual(await withKeptSecrets(elsewhere), elsewhere);
    assert.deepEqual(await withKeptSecrets({ PLENUM_DATA_DIR }, 'leave'), { PLENUM_DATA_DIR });
    await assert.rejects(readdir(PLENUM_DATA_DIR), { code: 'ENOENT' });
  });

  it('are refused when they were cut short, and made nothing of', async (t) => {
    const PLENUM_DATA_DIR = testDirectory(t);
    await withKeptSecrets({ PLENUM_DATA_DIR });
    const file = path.join(PLENUM_DATA_DIR, 'master-key');
    await writeFile(file, 'abc\n');
    await assert.rejects(withKeptSecrets({ PLENUM_DATA_DIR }), /the secret in \S+master-key has 3 bytes/);
    assert.equal(await readFile(file, 'utf8'), 'abc\n');
  });
});
