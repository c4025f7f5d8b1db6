import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { confideTo } from './confide.ts';

const secret = 'password  abcdef-ghijkm\n';

const outputOf = async (t: TestContext, terminal: { readonly isTTY?: boolean }, below = '') => {
  const directory = await mkdtemp(path.join(tmpdir(), 'confide-'));
  t.after(() => rm(directory, { recursive: true }));
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  await confideTo({ ...terminal, write }, path.join(directory, below))(secret);
  return { said, directory };
};

test('a terminal gets the secret', async (t) => {
  const { said } = await outputOf(t, { isTTY: true });
  assert.equal(said, secret);
});

test('output that others may keep says where the secret is, and only its owner can read that', async (t) => {
  const { said, directory } = await outputOf(t, {});
  assert.ok(!said.includes('abcdef'));
  const file = /written once, to (\S+)$/m.exec(said)?.[1] ?? assert.fail(said);
  assert.ok(file.startsWith(directory));
  assert.equal(await readFile(file, 'utf8'), secret);
  for (const [name, mode] of [
    [file, 0o600],
    [path.dirname(file), 0o700],
  ] as const) {
    assert.equal((await stat(name)).mode & 0o777, mode, name);
  }
  assert.match(said, /users password --user admin/);
});

test('where nothing can be left, it says how to get another', async (t) => {
  const { said } = await outputOf(t, {}, 'nowhere');
  assert.ok(!said.includes('abcdef'));
  assert.match(said, /written nowhere.*ENOENT.*\n.*users password --user admin/);
});
