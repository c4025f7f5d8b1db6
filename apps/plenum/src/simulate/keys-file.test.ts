import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openKeysFile } from './keys-file.ts';
import type { NodeKey } from './node-key.ts';

const keyOf = (node_id: string, digit: string): NodeKey => {
  const key_id = digit.repeat(8);
  return { node_id, key_id, user_name: `${node_id}/${key_id}`, key: digit.repeat(64) };
};

describe('the file of keys', () => {
  it('is made for its owner alone, and has what was added to it, also at once', async (t) => {
    const file = path.join(await directoryOf(t), 'nodes.keys');
    const made = await openKeysFile(file, { isMade: true });
    assert.equal(made.keys.size, 0);
    const keys = ['a', 'b', 'c'].map((name, index) => keyOf(name, String(index)));
    await Promise.all(keys.map((key) => made.add(key)));
    await made.close();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const kept = await openKeysFile(file, { isMade: false });
    assert.deepEqual([...kept.keys.values()], keys);
    await kept.close();
  });

  it('takes what `nodes enrol --json` writes, and the last key of a node', async (t) => {
    const file = path.join(await directoryOf(t), 'enrolled.ndjson');
    const none = { line: 3, node_id: 'b', outcome: 'refused', reason: 'no', key_id: null, user_name: null, key: null };
    const lines = [{ line: 2, outcome: 'enrolled', reason: null, ...keyOf('a', '1') }, none];
    const written = [...lines, { outcome: 'done', nodes: 2, enrolled: 1, unchanged: 0, refused: 1 }];
    // As after a crash: the last line has no end.
    await writeFile(file, written.map((line) => JSON.stringify(line)).join('\n'), { mode: 0o600 });
    const opened = await openKeysFile(file, { isMade: true });
    assert.partialDeepStrictEqual([...opened.keys], [['a', keyOf('a', '1')]]);
    assert.equal(opened.keys.size, 1);
    await opened.add(keyOf('a', '2'));
    await opened.close();
    const again = await openKeysFile(file, { isMade: false });
    assert.deepEqual([...again.keys], [['a', keyOf('a', '2')]]);
    await again.close();
  });

  it('is not taken when others may read it, when it is not there, or when it is something else', async (t) => {
    const directory = await directoryOf(t);
    const open = path.join(directory, 'open.keys');
    await writeFile(open, `${JSON.stringify(keyOf('a', '1'))}\n`);
    await chmod(open, 0o640);
    await assert.rejects(openKeysFile(open, { isMade: true }), /others may read it: chmod 600 .*open\.keys$/);
    await assert.rejects(openKeysFile(path.join(directory, 'none'), { isMade: false }), /ENOENT.*none/);
    const cut = path.join(directory, 'cut.keys');
    const text = `${JSON.stringify(keyOf('a', '1'))}\n${JSON.stringify(keyOf('b', '7')).slice(0, -3)}\n`;
    await writeFile(cut, text, { mode: 0o600 });
    await assert.rejects(openKeysFile(cut, { isMade: true }), (error: Error) => {
      assert.match(error.message, /^line 2 of .*cut\.keys is no JSON object$/);
      assert.ok(!error.message.includes('777'), 'a key is shown');
      return true;
    });
    assert.equal(await readFile(cut, 'utf8'), text, 'it is left as it was');
  });
});

const directoryOf = async (t: TestContext): Promise<string> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'plenum-keys-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
};
