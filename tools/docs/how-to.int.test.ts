/** The how-to pages are followed to the letter, in a copy of the tree: whatever they say to write has to work. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { edited, type Step, stepsOf } from './page-steps.ts';
import { linkOwn, scratchCopy } from './scratch-copy.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** In an order in which each finds what it builds on. */
const pages = [
  'add-an-event.md',
  'add-a-read-model.md',
  'add-a-route.md',
  'add-a-domain.md',
  'keep-things-on-a-map.md',
];

/** Those that build on no other: somebody may follow one of them and none of the rest. */
const alone = ['add-an-event.md', 'add-a-read-model.md', 'add-a-domain.md'];

const pageOf = (name: string): string => readFileSync(path.join(root, 'docs/how-to', name), 'utf8');

/** Everything that the pages say to write, written; and what is generated from it. */
const followed = (t: TestContext, names: readonly string[]) => {
  const copy = scratchCopy(t, root);
  const steps = names.flatMap((name) => stepsOf(pageOf(name)));
  for (const step of steps) follow(copy, step);
  linkOwn(copy);
  run(copy, 'tools/generate/run.ts');
  const touched = [...new Set(steps.map((step) => step.path))];
  return { copy, touched, tests: touched.filter((file) => file.endsWith('.test.ts')) };
};

for (const name of alone) {
  it(`${name} can be followed by itself`, (t) => {
    const { copy, tests } = followed(t, [name]);
    run(copy, 'node_modules/.bin/tsc', '-p', '.');
    assert.ok(tests.length > 0);
    run(copy, '--test', ...tests, 'libs/avro/src/golden.test.ts');
  });
}

it('all pages can be followed in one tree, to the last step of each', (t) => {
  const { copy, tests } = followed(t, pages);
  for (const name of pages) assert.match(pageOf(name), /`npm run check`/, name);
  run(copy, 'tools/check/run.ts');
  assert.equal(tests.length, 7, 'all test files of these pages, and no other');
  run(copy, '--test', ...tests, ...others, 'tools/docs/decided-tables.ts');
  // Where the page on read models ends.
  assert.match(pageOf('add-a-read-model.md'), /`npm run demo -- --once`/);
  const said = run(copy, 'apps/plenum/src/main.ts', 'demo', '--once', '--json', { PLENUM_DATA_DIR: testDirectory(t) });
  assert.match(said, /"projection":"status_changes","read":(\d+)/);
  const meters = run(copy, 'tools/docs/meters-by-mqtt.ts');
  assert.deepEqual(JSON.parse(meters), ['plenum.meter.MeterRead', { meter_id: 'm1', total_kwh: 1234.5 }]);
});

/** What a stranger writes, and what they change that is there: when one of these grows, a seam has got worse. */
const counted: readonly (readonly [page: string, written: number, changed: number])[] = [
  ['add-an-event.md', 1, 3],
  ['add-a-read-model.md', 2, 1],
  ['add-a-route.md', 2, 2],
];
for (const [name, written, changed] of counted) {
  it(`${name} takes ${written} new files and changes ${changed}`, () => {
    const steps = stepsOf(pageOf(name));
    const filesOf = (kind: Step['kind']) =>
      new Set(steps.filter((step) => step.kind === kind).map((step) => step.path));
    const made = filesOf('file');
    assert.deepEqual([made.size, filesOf('edit').difference(made).size], [written, changed]);
  });
}

for (const [page, folder] of [
  ['add-a-domain.md', 'meter'],
  ['keep-things-on-a-map.md', 'tree'],
] as const) {
  it(`the domain of ${page} is a folder, its schemas and its line in the catalogue`, () => {
    const touched = stepsOf(pageOf(page)).map((step) => step.path);
    const own = new RegExp(`^(libs|schemas)/${folder}/|\\.test\\.ts$`);
    const elsewhere = touched.filter((file) => !own.test(file));
    assert.deepEqual(elsewhere, ['libs/catalogue/src/index.ts', 'libs/catalogue/package.json']);
  });
}

it('pages can be followed in any order', () => {
  const written = (names: readonly string[]): ReadonlyMap<string, string> => {
    const files = new Map<string, string>();
    for (const step of names.flatMap((name) => stepsOf(pageOf(name)))) {
      const before = () => files.get(step.path) ?? readFileSync(path.join(root, step.path), 'utf8');
      files.set(step.path, step.kind === 'file' ? step.content : edited(before(), step.changes));
    }
    return files;
  };
  const expected = written(pages);
  for (const order of [pages.toReversed(), [...pages.slice(2), ...pages.slice(0, 2)]]) {
    for (const [file, content] of written(order)) assert.equal(content, expected.get(file), file);
  }
});

/** Of what `npm test` runs besides: tests that know all events, all projections or all routes. */
const others = [
  'libs/avro/src/golden.test.ts',
  'apps/query-api/src/app.test.ts',
  'apps/query-api/src/openapi-document.test.ts',
  'apps/plenum/src/demo/demo.e2e.test.ts',
  'libs/catalogue/src/domains.test.ts',
  // Tests that try every route there is, with what its domain expects of it.
  'apps/query-api/src/access-matrix.int.test.ts',
  'apps/query-api/src/organisations-matrix.int.test.ts',
  'apps/query-api/src/generated-client.int.test.ts',
  'apps/query-api/src/conventions/idempotency.test.ts',
  'apps/query-api/src/conventions/versions.test.ts',
];

const follow = (copy: string, step: Step): void => {
  const file = path.join(copy, step.path);
  mkdirSync(path.dirname(file), { recursive: true });
  const content = step.kind === 'file' ? step.content : edited(readFileSync(file, 'utf8'), step.changes);
  writeFileSync(file, content);
};

/** With our own node, unless it is a program of its own; the last word may be an environment. @returns its output. */
const run = (copy: string, first: string, ...rest: readonly (string | Readonly<Record<string, string>>)[]): string => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = rest.filter((word) => typeof word === 'string');
  const more = Object.assign({}, ...rest.filter((word) => typeof word !== 'string')) as NodeJS.ProcessEnv;
  const command = first.startsWith('node_modules/.bin/') ? [first, ...words] : [process.execPath, first, ...words];
  const [program = '', ...parameters] = command;
  const options = { cwd: copy, env: { ...env, ...freePorts, ...more }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(program, parameters, options);
  assert.equal(status, 0, `${command.join(' ')}\n${stdout}${stderr}`);
  return stdout;
};

const freePorts = { PORT: '0', MQTT_PORT: '0', MQTT_WS_PORT: '0', HTTP_HOST: '' };
