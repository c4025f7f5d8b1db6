import assert from 'node:assert/strict';
import { it } from 'node:test';
import { plant } from './plant-tree.ts';
import { checkTidy, everyPackageHasReadme } from './tidy.ts';

/** Put together here, so that the file does not break the rules that it tests. */
const join = (...parts: readonly string[]): string => parts.join('');

it('lets a tidy tree pass, and counts it', (t) => {
  const root = plant(t, {
    'libs/a/src/a.test.ts': `it('waits', (t) => t.skip('no broker on this machine')); // TODO (#12): see https://x/tmp/y/`,
    'docs/a.md': 'Data lie in `.plenum/`, sockets in /run/plenum.',
  });
  assert.deepEqual(checkTidy(root), { seen: 2, unit: 'files', problems: [] });
});

it('finds each thing that was planted, and says where', (t) => {
  const planted: readonly (readonly [string, string])[] = [
    ['libs/a/src/a.ts', join('// FIX', 'ME later')],
    ['libs/a/src/a.ts', join('// TO', 'DO later')],
    ['libs/a/src/a.ts', join("read('/wo", "rk/main/x')")],
    ['docs/a.md', join('see `/ro', 'ot/.npm`')],
    ['docs/a.md', join('from https://registry.npm', 'js.org/pg')],
    ['.ci/run', join('cd /tm', 'p/clone/x')],
    ['libs/a/src/a.test.ts', join('it.on', "ly('x')")],
    ['libs/a/src/a.test.ts', join('it.sk', "ip('x')")],
    ['libs/a/src/a.test.ts', join('t.sk', 'ip()')],
    ['libs/a/src/a.test.ts', join("it('x', { to", 'do: true })')],
    ['libs/a/src/a.ts', join('// @ts-ig', 'nore')],
    ['libs/utils/src/a.ts', ''],
    ['libs/a/src/types.ts', ''],
    ['libs/a/src/common/a.ts', ''],
  ];
  for (const [file, content] of planted) {
    const { problems } = checkTidy(plant(t, { [file]: `\n${content}` }));
    assert.equal(problems.length, 1, `${file}: ${content}: ${problems.join()}`);
    assert.ok(problems[0]?.startsWith(file));
  }
});

it('sees nothing in an empty tree', (t) => {
  assert.equal(checkTidy(plant(t, {})).seen, 0);
});

it('misses a README where one is required', (t) => {
  const root = plant(t, { 'libs/a/package.json': '{}', 'apps/b/package.json': '{}', 'apps/b/README.md': '# b' });
  assert.deepEqual(checkTidy(root, [everyPackageHasReadme]).problems, ['libs/a: has no README.md']);
});
