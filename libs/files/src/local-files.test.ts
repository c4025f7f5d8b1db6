import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { filesContract, startProgram } from '@plenum/runtime/testing';
import { openLocalFiles } from './local-files.ts';

const testFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plenum-files-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
};

filesContract('a folder', async (t) => openLocalFiles({ folder: await testFolder(t) }));

async function* of(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const room = { bytesMax: 1_000_000 };
const program = path.join(import.meta.dirname, 'testing/put-until-killed.ts');
const unfinishedIn = (folder: string): Promise<string[]> => readdir(path.join(folder, '@unfinished'));

describe('a folder of files', () => {
  it('is plain to look at, with digests as sha256sum reads them', async (t) => {
    const folder = await testFolder(t);
    const files = await openLocalFiles({ folder });
    await files.put('exports/a.dxf', of('drawing'), room);
    const entry = path.join(folder, 'exports/a.dxf@');
    assert.deepEqual((await readdir(entry)).sort(), ['a.dxf', 'a.dxf.sha256']);
    assert.equal(await readFile(path.join(entry, 'a.dxf'), 'utf8'), 'drawing');
    const digest = createHash('sha256').update('drawing').digest('hex');
    assert.equal(await readFile(path.join(entry, 'a.dxf.sha256'), 'utf8'), `${digest}  a.dxf\n`);
  });

  it('has nothing left in it when all was removed, or was not put', async (t) => {
    const folder = await testFolder(t);
    const files = await openLocalFiles({ folder });
    await files.put('a/b/c', of('c'), room);
    await files.put('a/b/c', of('c'), room);
    await assert.rejects(files.put('d', of('too much'), { bytesMax: 1 }));
    await files.remove('a/b/c');
    assert.deepEqual(await readdir(folder), ['@unfinished']);
    assert.deepEqual(await unfinishedIn(folder), []);
  });

  it('keeps files that are put while others are removed beside them', async (t) => {
    const files = await openLocalFiles({ folder: await testFolder(t) });
    const turn = async (name: string): Promise<void> => {
      for (let round = 0; round < 50; round += 1) {
        assert.equal((await files.put(name, of(name), room)).isNew, true);
        assert.ok(await files.describe(name));
        await files.remove(name);
      }
    };
    await Promise.all(['a/b/one', 'a/b/two', 'a/three'].map(turn));
  });

  it('is opened once more by another process and shows the same', async (t) => {
    const folder = await testFolder(t);
    const put = await (await openLocalFiles({ folder })).put('a', of('a'), room);
    const { isNew: _, ...file } = put;
    assert.deepEqual(await (await openLocalFiles({ folder })).describe('a'), file);
  });
});

describe('a process that is killed', () => {
  it('in the middle of a put leaves nothing that is found, and what it leaves is cleared away later', async (t) => {
    const folder = await testFolder(t);
    const child = startProgram(t, { words: [program, folder, 'stuck'], env: {} });
    await child.until((said) => (said.includes('taken') ? true : undefined));
    child.process.kill('SIGKILL');
    await child.exited;

    const files = await openLocalFiles({ folder });
    assert.equal(await files.describe('stuck'), undefined);
    for await (const { name } of files.list('')) assert.fail(`${name} is listed`);
    const [left = ''] = await unfinishedIn(folder);
    assert.equal(
      (await readFile(path.join(folder, '@unfinished', left, 'stuck'))).byteLength,
      100_000,
      'a part was there',
    );
    assert.equal((await files.put('stuck', of('whole'), room)).isNew, true);

    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    for (const one of [left, path.join(left, 'stuck')])
      await utimes(path.join(folder, '@unfinished', one), longAgo, longAgo);
    await openLocalFiles({ folder });
    assert.deepEqual(await unfinishedIn(folder), []);
    assert.equal((await files.describe('stuck'))?.bytes, 5);
  });

  it('has put all that it said, and what is there is whole', async (t) => {
    const folder = await testFolder(t);
    const child = startProgram(t, { words: [program, folder, 'many'], env: {} });
    await child.until((said) => (said.split('\n').length > 20 ? true : undefined));
    child.process.kill('SIGKILL');
    await child.exited;

    const files = await openLocalFiles({ folder });
    const found = new Set<string>();
    for await (const { name } of files.list('many/')) {
      const got = await files.get(name);
      assert.ok(got);
      const hash = createHash('sha256');
      for await (const chunk of got.content) hash.update(chunk);
      assert.deepEqual(
        { bytes: got.file.bytes, digest: got.file.digest },
        { bytes: 100_000, digest: hash.digest('hex') },
      );
      found.add(name);
    }
    const said = child.stdout().split('\n').slice(0, -1);
    for (const name of said) assert.ok(found.has(name), `${name} was said to be there`);
  });
});
