import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkDependencyPage } from './dependency-page.ts';
import { plant } from './plant-tree.ts';

const root = JSON.stringify({ devDependencies: { nx: '1.0.0', '@types/a': '2.0.0' } });
const lib = JSON.stringify({
  dependencies: { pg: '8.0.0', '@plenum/b': '0.1.0' },
  optionalDependencies: { 'n-x64': '9.0.0' },
});
const page = [
  '| package | why |',
  '| --- | --- |',
  '| `nx` 1.0.0, `pg` 8.0.0 | a |',
  '| `n-*` 9.0.0 | b |',
  '| `@types/*` | c |',
];
const tree = (lines: readonly string[], manifest = lib) => ({
  'package.json': root,
  'libs/a/package.json': manifest,
  'docs/dependencies.md': lines.join('\n'),
});

it('finds every package on the page, with its version', (t) => {
  assert.deepEqual(checkDependencyPage(plant(t, tree(page))), { seen: 4, unit: 'packages', problems: [] });
});

it('says what differs', (t) => {
  const wrong: readonly (readonly [readonly string[], string, RegExp])[] = [
    [page.slice(0, -1), lib, /says nothing about @types\/a 2\.0\.0/],
    [[...page, '| `left-pad` 1.0.0 | d |'], lib, /nothing needs left-pad/],
    [page, lib.replace('8.0.0', '8.0.1'), /pg is 8\.0\.0 there and 8\.0\.1 in libs\/a\/package\.json/],
    [page, lib.replace('9.0.0', '9.0.1'), /n-x64 is 9\.0\.0 there/],
    [page, lib.replace('8.0.0', '^8.0.0'), /pg is not pinned/],
    [page.map((line) => line.replace('`nx` 1.0.0', '`nx`')), lib, /does not say the version of nx/],
  ];
  for (const [lines, manifest, complaint] of wrong) {
    const { problems } = checkDependencyPage(plant(t, tree(lines, manifest)));
    assert.equal(problems.length, 1, problems.join());
    assert.match(problems[0] ?? '', complaint);
  }
});

it('sees nothing in an empty tree', (t) => {
  assert.equal(checkDependencyPage(plant(t, {})).seen, 0);
});
