import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { plant } from '../check/plant-tree.ts';

it('counts what passed, and ends with that line', (t) => {
  const { lines, code } = npmTest(t, { 'a.test.ts': `${use}it('a', () => {});\nit('b', () => {});` });
  assert.equal(lines.at(-1), '2 passed, 0 failed');
  assert.equal(code, 0);
});

it('fails with every way in which a file can fail', (t) => {
  const ways: readonly Way[] = [
    ['a test that fails', `it('bad', () => assert.equal(1, 2));`, /bad[\s\S]*1 !== 2/],
    ['a suite that breaks', `describe('s', () => { throw new Error('broken suite'); });`, /broken suite/],
    ['a file that throws', `throw new Error('top level');`, /top level/],
    ['a file that leaves early', `it('a', () => process.exit(0));`, /exited with 0 before/],
    ['a file without tests', `console.log(1);`, /exited with 0 before|has no tests/],
  ];
  failsAs(t, ways);
});

it('ends a file that does not end, and says during which test', (t) => {
  const ways: readonly Way[] = [
    [
      'a file that hangs',
      `it('a', () => {});\nit('b', () => new Promise(() => setInterval(() => {}, 1000)));`,
      /was killed after \d+ ms before its tests had ended, during "b"\n/,
    ],
    [
      'a test that hangs in a suite, after another suite',
      `describe('s', () => { describe('t', () => { it('a', () => {}); });
      it('b', () => new Promise(() => setInterval(() => {}, 1000))); });`,
      /was killed after \d+ ms before its tests had ended, during "s > b"\n/,
    ],
    ['a file that stays', `it('a', () => { setInterval(() => {}, 1000); });`, /was killed after/],
  ];
  failsAs(t, ways, { TEST_TIMEOUT_MS: '10000' });
});

it('names what did not run and why, which is a failure where everything can', (t) => {
  const files = { 'a.test.ts': `${use}it('a', () => {});\nit('b', (t) => t.skip('no broker here'));` };
  const here = npmTest(t, files, { CI: '' });
  assert.equal(here.lines.at(-1), '1 passed, 0 failed, 1 skipped');
  assert.match(here.lines.join('\n'), /NOT RUN on this machine:\n.*a\.test\.ts: b: no broker here/);
  assert.equal(here.code, 0);
  const ci = npmTest(t, files, { CI: 'true' });
  assert.equal(ci.lines.at(-1), '1 passed, 1 failed');
  assert.equal(ci.code, 1);
});

it('fails when there is nothing to run', (t) => {
  const { lines, code } = npmTest(t, { 'a.ts': '' });
  assert.equal(lines.at(-1), '0 passed, 1 failed');
  assert.equal(code, 1);
});

const use = `import assert from 'node:assert/strict';\nimport { describe, it } from 'node:test';\nassert.ok(describe);\n`;

/** What is wrong with a file, its source, and what is said of it. */
type Way = readonly [string, string, RegExp];

const failsAs = (t: TestContext, ways: readonly Way[], environment: Record<string, string> = {}): void => {
  const files = Object.fromEntries(ways.map(([, source], index) => [`${index}.test.ts`, `${use}${source}`]));
  const { lines, code } = npmTest(t, files, environment);
  assert.equal(code, 1);
  assert.match(lines.at(-1) ?? '', new RegExp(`^\\d passed, ${ways.length} failed$`));
  const parts = lines.join('\n').split(/^FAIL /m);
  for (const [index, [what, , expected]] of ways.entries()) {
    assert.match(parts.find((part) => part.includes(`${index}.test.ts`)) ?? '', expected, what);
  }
};

const npmTest = (t: TestContext, files: Record<string, string>, environment: Record<string, string> = {}) => {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const run = path.join(import.meta.dirname, 'run.ts');
  const ran = spawnSync(process.execPath, [run, plant(t, files)], {
    encoding: 'utf8',
    env: { ...inherited, CI: '', ...environment },
  });
  return { lines: ran.stdout.trimEnd().split('\n'), code: ran.status };
};
