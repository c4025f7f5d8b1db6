import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type Gate, report, runGates } from './gate.ts';
import { gates } from './gates.ts';
import { plant } from './plant-tree.ts';

const repository = path.resolve(import.meta.dirname, '../..');

describe('runGates', () => {
  it('runs every gate though one fails and one breaks, in order', async () => {
    const verdicts = await runGates(
      [
        gate('first', 3, []),
        gate('second', 3, ['wrong']),
        { name: 'third', check: () => Promise.reject(new Error('no such program')) },
        gate('fourth', 1, []),
      ],
      '.',
    );
    assert.deepEqual(
      verdicts.map(({ name, passed }) => `${name} ${passed}`),
      ['first true', 'second false', 'third false', 'fourth true'],
    );
    assert.match(
      verdicts.map(report).join('\n'),
      /^ok {3}first .*\nFAIL second .*\n {7}wrong\nFAIL third[\s\S]*no such/,
    );
  });

  it('fails a gate that saw nothing', async () => {
    const [verdict] = await runGates([gate('blind', 0, [])], '.');
    assert.deepEqual(verdict?.problems, ['saw no files']);
    assert.equal(verdict?.passed, false);
  });
});

describe('the gates', () => {
  it('all fail on an empty tree', async (t) => {
    const verdicts = await runGates(gates, plant(t, {}));
    assert.deepEqual(
      verdicts.filter(({ passed }) => passed).map(({ name }) => name),
      [],
    );
  });

  it('all but the generated files pass a small tree, and each finds what it is there for', async (t) => {
    assert.deepEqual(await failing(withConfiguration(plant(t, smallTree))), ['generated']);
    const planted: readonly (readonly [string, string, string?])[] = [
      ['types', `export const wrong: number = 'text';\n`],
      ['oxlint', `const late = async (): Promise<number> => 1;\nexport const start = (): void => {\n  late();\n};\n`],
      ['oxlint', `export const home = process.env.HOME;\n`],
      ['oxlint', `export const long = (): void => {\n${'  globalThis.name = 1;\n'.repeat(71)}};\n`],
      ['oxlint', 'export {};\n'.repeat(401)],
      ['biome', `export const   badlyFormatted = 1;\n`],
      ['biome', `let unused = 1;\n`],
      ['layers', `import 'pg';\n`],
      ['circles', `export { planted } from './planted.ts';\n`],
      ['tidy', ['// FIX', 'ME: later.\nexport {};\n'].join('')],
      ['pages', '[nowhere](gone.md)\n', 'docs/planted.md'],
      ['packages', '{ "devDependencies": { "surplus": "1.0.0" } }\n', 'package.json'],
    ];
    for (const [name, source, file = 'libs/event/src/planted.ts'] of planted) {
      const found = await failing(withConfiguration(plant(t, { ...smallTree, [file]: source })));
      assert.ok(found.includes(name), `${name} did not find: ${source} (${found.join()})`);
    }
  });
});

const gate = (name: string, seen: number, problems: readonly string[]): Gate => ({
  name,
  check: async () => ({ seen, unit: 'files', problems }),
});

const smallTree = {
  'package.json': '{ "devDependencies": { "nx": "1.0.0" } }\n',
  'docs/dependencies.md': '| `nx` 1.0.0 | a reason |\n',
  'libs/event/README.md': '# event\n',
  'libs/event/package.json': '{ "name": "@plenum/event", "type": "module", "nx": { "tags": ["layer:core"] } }\n',
  'libs/event/src/one.ts': 'export const one = 1;\n',
  'libs/event/src/two.ts': `import { one } from './one.ts';\n\nexport const two = one + one;\n`,
};

/** The repository's own configuration, at a root where no package is installed. */
const withConfiguration = (root: string): string => {
  for (const file of ['biome.jsonc', '.oxlintrc.json']) {
    copyFileSync(path.join(repository, file), path.join(root, file));
  }
  const home = path.relative(root, repository);
  const tsconfig = `{
  "extends": "${home}/tsconfig.base.json",
  "compilerOptions": { "typeRoots": ["${home}/node_modules/@types"] },
  "include": ["libs/*/src/**/*.ts"]
}
`;
  writeFileSync(path.join(root, 'tsconfig.json'), tsconfig);
  return root;
};

const failing = async (root: string): Promise<readonly string[]> =>
  (await runGates(gates, root)).filter(({ passed }) => !passed).map(({ name }) => name);
