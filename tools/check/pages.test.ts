import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkPages } from './pages.ts';
import { plant } from './plant-tree.ts';

it('follows links to files and headings, and looks for paths in code', (t) => {
  const root = plant(t, {
    'docs/a.md':
      '# The `log`, in short\n[b](b.md) [c](../libs/c/) [here](#the-log-in-short) [web](https://x/y)\n`libs/c/d.ts`',
    'docs/b.md':
      '[a](a.md#the-log-in-short) `libs/<name>/src` `libs/*/x.ts`\n```ts libs/new.ts\n[no](link.md)\n```\n`libs/new.ts`',
    'libs/c/d.ts': '',
  });
  assert.deepEqual(checkPages(root), { seen: 2, unit: 'pages', problems: [] });
});

it('finds what leads nowhere', (t) => {
  const planted = ['[x](gone.md)', '[x](b.md#gone)', '[x](#gone)', '[x](../gone/)', 'see `libs/gone.ts`'];
  for (const content of planted) {
    const { problems } = checkPages(plant(t, { 'docs/a.md': content, 'docs/b.md': '# Here' }));
    assert.equal(problems.length, 1, content);
    assert.match(problems[0] ?? '', /^docs\/a\.md: .*gone/);
  }
});

it('sees nothing in an empty tree', (t) => {
  assert.equal(checkPages(plant(t, {})).seen, 0);
});
