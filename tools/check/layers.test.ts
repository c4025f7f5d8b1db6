import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkLayers } from './layers.ts';
import { plant } from './plant-tree.ts';

const core = 'libs/event/src/planted.ts';

describe('layers', () => {
  it('lets a tree pass whose imports all point down', (t) => {
    const { problems, seen } = checkLayers(plant(t, tree()));
    assert.deepEqual(problems, []);
    assert.equal(seen, 17);
  });

  it('sees nothing in an empty tree', (t) => {
    assert.equal(checkLayers(plant(t, {})).seen, 0);
  });

  const vendor = 'core must not import pg';
  const planted: readonly (readonly [string, string, string, RegExp | string])[] = [
    ['a vendor in core', core, `import pg from 'pg';`, vendor],
    ['a type of a vendor in core', core, `import type { Pool } from 'pg';`, vendor],
    ['a vendor that core loads late', core, `const pg = await import('pg');`, vendor],
    ['a vendor that core requires', core, `const pg = require("pg");`, vendor],
    ['a vendor that core hands on', core, `export { Pool } from 'pg';`, vendor],
    ['a vendor in a type expression in core', core, `export type P = import('pg').Pool;`, vendor],
    ['a vendor imported for its effects', core, `import 'pg';`, vendor],
    ['a vendor behind a line break', core, `import {\n  Pool,\n} from 'pg';`, vendor],
    ['a vendor behind a comment', core, `import pg /* why not */ from /* here */ 'pg';`, vendor],
    ['a module of Node in core', core, `import { readFileSync } from 'node:fs';`, 'core must not import node:fs'],
    ['a vendor in a test of core', 'libs/event/src/a.test.ts', `import pg from 'pg';`, vendor],
    ['a step up', core, `import { x } from '@plenum/runtime';`, /not declared/],
    ['adapters that meet', 'libs/postgres/src/b.ts', `import { x } from '@plenum/mqtt';`, /adapters never meet/],
    ['a type from another adapter', 'libs/postgres/src/b.ts', `import type { X } from '@plenum/mqtt';`, /never meet/],
    [
      'an adapter on what assembles it',
      'libs/mqtt/src/b.ts',
      `import { x } from '@plenum/kit';`,
      /not import assembly/,
    ],
    [
      'an app in what apps share',
      'libs/kit/src/b.ts',
      `import { run } from '@plenum/projector';`,
      /must not import app/,
    ],
    ['an app in an app', 'apps/bridge/src/b.ts', `import { run } from '@plenum/projector';`, /only @plenum\/plenum/],
    [
      'a domain in an adapter',
      'libs/postgres/src/b.ts',
      `import { x } from '@plenum/ceiling';`,
      /must not import domain/,
    ],
    ['a domain in runtime', 'libs/runtime/src/b.ts', `import { x } from '@plenum/ceiling';`, /must not import domain/],
    [
      'a type of a domain in runtime',
      'libs/runtime/src/b.ts',
      `import type { X } from '@plenum/ceiling';`,
      /import domain/,
    ],
    ['an adapter in a service', 'libs/booking/src/b.ts', `import { x } from '@plenum/postgres';`, /not import adapter/],
    ['a service in an adapter', 'libs/mqtt/src/b.ts', `import { x } from '@plenum/booking';`, /not import service/],
    ['a vendor in a domain', 'libs/ceiling/src/b.ts', `import pg from 'pg';`, 'domain must not import pg'],
    ['a module of Node in a domain', 'libs/ceiling/src/b.ts', `import 'node:fs';`, 'domain must not import node:fs'],
    ['runtime in a domain', 'libs/ceiling/src/b.ts', `import { x } from '@plenum/runtime';`, /not declared/],
    ['a neighbour that is not declared', 'apps/bridge/src/b.ts', `import x from '@plenum/event';`, /not declared/],
    ['a package that is not declared', 'apps/bridge/src/b.ts', `import x from 'fastify';`, /fastify is not declared/],
    ['a relative import that leaves', core, `import x from '../../runtime/src/index.ts';`, /leaves the package/],
    ['a path of one machine', core, `import x from '/opt/x.ts';`, /path of one machine/],
    ['a test kit in the product', 'libs/postgres/src/b.ts', `import x from '@plenum/runtime/testing';`, /is for tests/],
  ];
  for (const [what, file, source, expected] of planted) {
    it(`finds ${what}`, (t) => {
      const { problems } = checkLayers(plant(t, { ...tree(), [file]: source }));
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', typeof expected === 'string' ? new RegExp(`${expected}$`) : expected);
      assert.ok(problems[0]?.startsWith(`${file}:`));
    });
  }

  it('finds a step up though it is declared', (t) => {
    const manifest = packageJson('@plenum/event', 'core', ['@plenum/runtime']);
    const root = plant(t, {
      ...tree(),
      'libs/event/package.json': manifest,
      [core]: `import type { Log } from '@plenum/runtime';`,
    });
    assert.deepEqual(checkLayers(root).problems, [`${core}:1: core must not import runtime: @plenum/runtime`]);
  });

  it('finds a package without a layer, with two, and with one that does not exist', (t) => {
    const untagged = JSON.stringify({ name: '@plenum/event' });
    const doubled = JSON.stringify({ name: '@plenum/event', nx: { tags: ['layer:core', 'layer:app'] } });
    for (const manifest of [untagged, doubled, packageJson('@plenum/event', 'vendor', [])]) {
      const { problems } = checkLayers(plant(t, { 'libs/event/package.json': manifest, [core]: '' }));
      assert.match(
        problems.join('\n'),
        /^libs\/event\/package\.json: needs one tag of core, domain, runtime, adapter, service, assembly, app/,
      );
    }
    assert.equal(checkLayers(plant(t, { 'libs/event/src/a.ts': '' })).problems.length, 1, 'no manifest at all');
  });

  it('lets tests use their tools and the kits beside them', (t) => {
    const root = plant(t, {
      ...tree(),
      'libs/event/src/a.test.ts': `import fc from 'fast-check';\nimport { it } from 'node:test';`,
      'libs/mqtt/src/a.test.ts': `import { contract } from '@plenum/runtime/testing';`,
      'libs/postgres/src/a.test.ts': `import { ceiling } from '@plenum/ceiling';`,
      'libs/booking/src/a.test.ts': `import { postgresLog } from '@plenum/postgres';`,
    });
    assert.deepEqual(checkLayers(root).problems, []);
  });

  it('does not take a word in quotes for an import', (t) => {
    const source = `export const range = [read('from', from), read('to', to), read("import", 'x')];`;
    assert.deepEqual(checkLayers(plant(t, { ...tree(), [core]: source })).problems, []);
  });

  it('does not take text for an import, whatever it reads like', (t) => {
    const source = [
      `const routes = { 'POST /ceilings/import': ['write'], "moved from": 'here' };`,
      `const sql = \`\n  import pg from 'pg';\n  \${routes["import 'pg'"] ?? \`from 'pg'\`} require("pg")\`;`,
      `const quotes = /import '|["\`]from 'pg'/.test("import('pg')");`,
      `const ratio = 4 / 2; // ' import 'pg'`,
    ];
    assert.deepEqual(checkLayers(plant(t, { ...tree(), [core]: source.join('\n') })).problems, []);
  });

  const hidden = [
    `const text = \`\${await import("pg")}\`;`,
    `const part = await import(\`pg/lib/\${name}.js\`);`,
    `const text = \`one \${\`two \${{ a: 1 }.a}\`} \${(await import("pg")).x}\`;`,
    `const quote = /['"\`]/;\nconst pg = require('pg');`,
    `const slash = '/*'; export { Pool } from 'pg'; // */`,
    `const half = 1 / 2; const pg = await import('pg'); const other = 1 / 2;`,
  ];
  for (const source of hidden) {
    it(`finds the import in ${source}`, (t) => {
      const { problems } = checkLayers(plant(t, { ...tree(), [core]: source }));
      assert.equal(problems.length, 1, problems.join());
    });
  }

  it('does not take a comment for an import', (t) => {
    const source = `// import pg from 'pg';\n/** import('pg') */\nconst url = 'http://x'; // from 'pg'`;
    assert.deepEqual(checkLayers(plant(t, { ...tree(), [core]: source })).problems, []);
  });
});

const packageJson = (name: string, layer: string, dependencies: readonly string[]): string =>
  JSON.stringify({
    name,
    nx: { tags: [`layer:${layer}`] },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
  });

/** One package of each kind, and two where two could meet. */
const tree = (): Record<string, string> => ({
  'libs/event/package.json': packageJson('@plenum/event', 'core', []),
  'libs/event/src/index.ts': `export { a } from './a.ts';`,
  'libs/event/src/a.ts': 'export const a = 1;',
  'libs/ceiling/package.json': packageJson('@plenum/ceiling', 'domain', [
    '@plenum/event',
    '@plenum/quarantine',
    'typebox',
  ]),
  'libs/ceiling/src/index.ts': `import { a } from '@plenum/event';\nimport { Type } from 'typebox';`,
  'libs/quarantine/package.json': packageJson('@plenum/quarantine', 'domain', []),
  'libs/quarantine/src/index.ts': '',
  'libs/runtime/package.json': packageJson('@plenum/runtime', 'runtime', ['@plenum/event', '@plenum/ceiling']),
  'libs/runtime/src/index.ts': `import { a } from '@plenum/event';\nimport { z } from 'node:zlib';`,
  'libs/postgres/package.json': packageJson('@plenum/postgres', 'adapter', [
    ...['@plenum/runtime', '@plenum/mqtt', '@plenum/ceiling', 'pg'],
  ]),
  'libs/postgres/src/index.ts': `import pg from 'pg';\nimport type { Log } from '@plenum/runtime';`,
  'libs/mqtt/package.json': packageJson('@plenum/mqtt', 'adapter', [
    ...['@plenum/runtime', '@plenum/kit', '@plenum/booking'],
  ]),
  'libs/mqtt/src/index.ts': '',
  'libs/booking/package.json': packageJson('@plenum/booking', 'service', [
    ...['@plenum/ceiling', '@plenum/runtime', '@plenum/postgres'],
  ]),
  'libs/booking/src/index.ts': `import { x } from '@plenum/ceiling';\nimport { y } from '@plenum/runtime';`,
  'libs/kit/package.json': packageJson('@plenum/kit', 'assembly', [
    ...['@plenum/postgres', '@plenum/mqtt', '@plenum/projector', '@plenum/booking'],
  ]),
  'libs/kit/src/index.ts': `import { z } from '@plenum/booking';\nimport { log } from '@plenum/postgres';\nimport { listener } from '@plenum/mqtt';`,
  'apps/bridge/package.json': packageJson('@plenum/bridge', 'app', [
    ...['@plenum/kit', '@plenum/postgres', '@plenum/projector', '@plenum/ceiling'],
  ]),
  'apps/bridge/src/main.ts': `import { log } from '@plenum/postgres';\nimport { open } from '@plenum/kit';`,
  'apps/bridge/src/domains.ts': `import { ceiling } from '@plenum/ceiling';`,
  'apps/projector/package.json': packageJson('@plenum/projector', 'app', []),
  'apps/projector/src/index.ts': '',
  'apps/plenum/package.json': packageJson('@plenum/plenum', 'app', ['@plenum/bridge', '@plenum/projector']),
  'apps/plenum/src/main.ts': `import { run } from '@plenum/bridge';\nimport { run as fold } from '@plenum/projector';`,
});
