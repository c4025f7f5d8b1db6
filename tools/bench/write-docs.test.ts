import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { writeTable } from './write-docs.ts';

it('writes a table between its marks, and again in its place', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'page.md');
  const begin = '<!-- peers: written by `npm run bench -- peers --write-docs` -->';
  writeFileSync(file, `before\n${begin}\nold\n<!-- end of peers -->\nafter\n`);
  writeTable(file, 'peers', 'new');
  writeTable(file, 'peers', 'newest');
  assert.equal(readFileSync(file, 'utf8'), `before\n${begin}\n\nnewest\n\n<!-- end of peers -->\nafter\n`);
  assert.throws(() => writeTable(file, 'others', 'text'), /has no place for others/);
});
