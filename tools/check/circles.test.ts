import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkCircles, circlesIn } from './circles.ts';
import { plant } from './plant-tree.ts';

const packageJson = (name: string, more: object = {}): string =>
  JSON.stringify({ name, nx: { tags: ['layer:core'] }, ...more });

const sound = {
  'libs/event/package.json': packageJson('@plenum/event'),
  'libs/event/src/index.ts': `export { one } from './one/one.ts';\n`,
  'libs/event/src/one/one.ts': `import type { Two } from '../two/two.ts';\nimport { base } from '../base.ts';\nexport const one: Two = base;\n`,
  'libs/event/src/two/two.ts': `import { base } from '../base.ts';\nexport type Two = typeof base;\n`,
  'libs/event/src/base.ts': `export const base = 1;\n`,
  'libs/event/src/two/two.test.ts': `import '../one/one.ts';\n`,
  'libs/event/src/one/one.test.ts': `import '../two/two.ts';\n`,
};

describe('the gate against circles', () => {
  it('lets folders share what lies above them, and tests import what they like', (t) => {
    const { seen, problems } = checkCircles(plant(t, sound));
    assert.deepEqual({ seen, problems }, { seen: 6, problems: [] });
  });

  it('finds files that import each other, by types alone as well, in packages and in tools', (t) => {
    const { problems } = checkCircles(
      plant(t, {
        ...sound,
        'libs/event/src/left.ts': `import type { Right } from './right.ts';\nexport type Left = Right;\n`,
        'libs/event/src/right.ts': `export type Right = import('./left.ts').Left;\n`,
        'tools/a.ts': `import './b.ts';\n`,
        'tools/b.ts': `import './c.ts';\n`,
        'tools/c.ts': `import './a.ts';\n`,
      }),
    );
    assert.deepEqual(problems, [
      'files that import each other: libs/event/src/left.ts -> libs/event/src/right.ts -> libs/event/src/left.ts',
      'files that import each other: tools/a.ts -> tools/b.ts -> tools/c.ts -> tools/a.ts',
    ]);
  });

  it('finds a file that imports itself', (t) => {
    const { problems } = checkCircles(plant(t, { ...sound, 'tools/a.ts': `import './a.ts';\n` }));
    assert.deepEqual(problems, ['files that import each other: tools/a.ts -> tools/a.ts']);
  });

  it('finds folders beside each other that import each other through different files', (t) => {
    const { problems } = checkCircles(
      plant(t, {
        ...sound,
        'libs/event/src/two/more.ts': `import { more } from '../one/more.ts';\nexport { more };\n`,
        'libs/event/src/one/more.ts': `export const more = 1;\n`,
      }),
    );
    assert.deepEqual(problems, [
      'folders that import each other: libs/event/src/one -> libs/event/src/two -> libs/event/src/one',
    ]);
  });

  it('finds packages that need each other, if only for their tests', (t) => {
    const { problems } = checkCircles(
      plant(t, {
        'libs/one/package.json': packageJson('@plenum/one', { dependencies: { '@plenum/two': '0.1.0' } }),
        'libs/one/src/index.ts': 'export {};\n',
        'libs/two/package.json': packageJson('@plenum/two', { devDependencies: { '@plenum/one': '0.1.0' } }),
        'libs/two/src/index.ts': 'export {};\n',
      }),
    );
    assert.deepEqual(problems, ['packages that depend on each other: @plenum/one -> @plenum/two -> @plenum/one']);
  });
});

it('reports one circle of names that all lead to each other, and every such set once', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c', 'a'])],
    ['c', new Set(['a'])],
    ['d', new Set(['a', 'e'])],
    ['e', new Set(['d'])],
    ['f', new Set(['a'])],
  ]);
  assert.deepEqual(circlesIn(graph), [
    ['a', 'b'],
    ['d', 'e'],
  ]);
});
