/** The how-to pages are followed to the letter, in a copy of the tree: whatever they say to write has to work. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { edited, type Step, stepsOf } from './page-steps.ts';
import { scratchCopy } from './scratch-copy.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** In an order in which each finds what it builds on. */
const pages = ['add-an-event.md', 'add-a-read-model.md', 'add-a-route.md'];

it('an event, a read model and a route can be added as the pages say', (t) => {
  const copy = scratchCopy(t, root);
  const steps = pages.flatMap((page) => stepsOf(readFileSync(path.join(root, 'docs/how-to', page), 'utf8')));
  for (const step of steps) follow(copy, step);
  const touched = [...new Set(steps.map((step) => step.path))];

  run(copy, 'tools/generate/run.ts');
  run(copy, 'node_modules/.bin/tsc', '-p', '.');
  run(
    copy,
    'node_modules/.bin/biome',
    'ci',
    '--colors=off',
    '--error-on-warnings',
    ...touched.filter((file) => file.endsWith('.ts')),
  );
  const tests = touched.filter((file) => file.endsWith('.test.ts'));
  assert.ok(tests.length >= 4, `a check that saw ${tests.length} test files proves little`);
  run(copy, '--test', ...tests, 'libs/avro/src/golden.test.ts', 'apps/query-api/src/app.test.ts');
});

const follow = (copy: string, step: Step): void => {
  const file = path.join(copy, step.path);
  mkdirSync(path.dirname(file), { recursive: true });
  const content = step.kind === 'file' ? step.content : edited(readFileSync(file, 'utf8'), step.changes);
  writeFileSync(file, content);
};

/** With our own node, unless it is a program of its own. */
const run = (copy: string, first: string, ...rest: readonly string[]): void => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const command = first.startsWith('node_modules/.bin/') ? [first, ...rest] : [process.execPath, first, ...rest];
  const [program = '', ...parameters] = command;
  const { status, stdout, stderr } = spawnSync(program, parameters, { cwd: copy, env, encoding: 'utf8' });
  assert.equal(status, 0, `${command.join(' ')}\n${stdout}${stderr}`);
};
