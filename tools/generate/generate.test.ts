import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { int, text } from '@plenum/config';
import { plant } from '../check/plant-tree.ts';
import { typeDeclarations } from './avro-type.ts';
import { generateAll } from './generate-all.ts';
import type { Generator } from './output.ts';
import { readSchemas, schemaConstants } from './schemas.ts';
import { mergeSettings } from './settings.ts';

describe('generated files', () => {
  const made = (content: string): readonly Generator[] => [
    { name: 'one', generate: async () => [{ path: 'docs/reference/one.md', content }] },
  ];

  it('are written when they are missing or differ, and then are current', async (t) => {
    const root = plant(t, {});
    for (const content of ['first\n', 'second\n']) {
      assert.equal((await generateAll(root, { write: false }, made(content))).differences.length, 1);
      assert.equal((await generateAll(root, { write: true }, made(content))).differences.length, 1);
      assert.deepEqual(await generateAll(root, { write: false }, made(content)), { files: 1, differences: [] });
      assert.equal(readFileSync(path.join(root, 'docs/reference/one.md'), 'utf8'), content);
    }
  });

  it('are left alone by a check', async (t) => {
    const root = plant(t, { 'docs/reference/one.md': 'edited\n', 'docs/reference/old.md': '' });
    const { differences } = await generateAll(root, { write: false }, made('first\n'));
    assert.deepEqual(
      differences.map(({ path: file }) => file),
      ['docs/reference/one.md', 'docs/reference/old.md'],
    );
    assert.equal(readFileSync(path.join(root, 'docs/reference/one.md'), 'utf8'), 'edited\n');
    assert.ok(existsSync(path.join(root, 'docs/reference/old.md')));
  });

  it('go when nothing makes them any more', async (t) => {
    const root = plant(t, { 'libs/old/src/generated/schemas.ts': '' });
    await generateAll(root, { write: true }, []);
    assert.ok(!existsSync(path.join(root, 'libs/old/src/generated/schemas.ts')));
  });
});

describe('schemas', () => {
  it('become a constant and a type for every version', async (t) => {
    const root = plant(t, {
      'libs/ceiling/package.json': '{}',
      'schemas/ceiling/door-opened.v1.avsc': schema('DoorOpened'),
      'schemas/ceiling/door-opened.v2.avsc': schema('DoorOpened'),
      'schemas/ceiling/door-opened.v2.golden.json': '{}',
    });
    const [file] = await schemaConstants.generate(root);
    assert.equal(file?.path, 'libs/ceiling/src/generated/schemas.ts');
    for (const part of ['export type DoorOpenedV1 = {', 'export const doorOpenedV2: AvroSchema']) {
      assert.ok(file?.content.includes(part), part);
    }
  });

  it('are refused when file and content disagree', (t) => {
    const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ 'schemas/ceiling/door-opened.v1.avsc': schema('DoorClosed') }, /is named DoorClosed/],
      [{ 'schemas/fiber/door-opened.v1.avsc': schema('DoorOpened') }, /is in plenum\.ceiling/],
      [{ 'schemas/ceiling/door-opened.v2.avsc': schema('DoorOpened') }, /expected version 1/],
      [{ 'schemas/ceiling/doorOpened.avsc': schema('DoorOpened') }, /expected a name like/],
    ];
    for (const [files, complaint] of wrong) assert.throws(() => readSchemas(plant(t, files)), complaint);
  });

  it('name each type of Avro in TypeScript', () => {
    const nested = { type: 'record', name: 'Place', fields: [{ name: 'zone', type: 'string' }] } as const;
    const fields = [
      { name: 'count', type: 'long' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
      { name: 'maybe', type: ['null', 'string'] },
      { name: 'bytes', type: 'bytes', doc: 'As sent */ whole.' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['open', 'shut'] } },
      { name: 'places', type: { type: 'array', items: nested } },
      { name: 'again', type: 'Place' },
      { name: 'tags', type: { type: 'map', values: ['null', 'double'] } },
      { name: 'maybes', type: { type: 'array', items: ['null', 'boolean'] } },
    ];
    const text = typeDeclarations({ type: 'record', name: 'Door', fields }, 1);
    for (const line of [
      'readonly count: number;',
      'readonly at: number;',
      'readonly maybe: string | undefined;',
      '/** As sent *\\/ whole. */\nreadonly bytes: Uint8Array;',
      'readonly state: DoorStateV1;',
      'readonly places: readonly DoorPlaceV1[];',
      'readonly again: DoorPlaceV1;',
      'readonly tags: Readonly<Record<string, number | undefined>>;',
      'readonly maybes: readonly (boolean | undefined)[];',
      "export type DoorStateV1 = 'open' | 'shut';",
      'export type DoorPlaceV1 = {\nreadonly zone: string;\n};',
    ]) {
      assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
    }
    const unknown = { type: 'record', name: 'Door', fields: [{ name: 'x', type: 'Nowhere' }] } as const;
    assert.throws(() => typeDeclarations(unknown, 1), /Door: Nowhere is neither/);
  });

  const personal = { type: 'bytes', logicalType: 'personal' };
  const named = (rest: object, ...fields: readonly object[]): string =>
    JSON.stringify({
      ...{ type: 'record', namespace: 'plenum.ceiling', name: 'VisitorNamed', ...rest },
      fields: [{ name: 'visitor', type: 'string' }, ...fields],
    });

  it('name what names a person by its own type, imported where it is used', async (t) => {
    const tree = {
      'libs/ceiling/package.json': '{}',
      'schemas/ceiling/visitor-named.v1.avsc': named(
        { person: 'visitor' },
        { name: 'name', type: personal },
        { name: 'mail', type: ['null', personal], default: null },
      ),
    };
    const [file] = await schemaConstants.generate(plant(t, tree));
    for (const part of [
      `import type { AvroSchema, Personal } from '@plenum/event';`,
      'readonly name: Personal;',
      'readonly mail: Personal | undefined;',
    ]) {
      assert.ok(file?.content.includes(part), `${part}\nis not in\n${file?.content}`);
    }
  });

  it('are refused when nobody is named whose personal field it is', async (t) => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      [named({}, { name: 'name', type: personal }), /VisitorNamed: "person" has to name a field/],
      [named({ person: 'visitor' }), /VisitorNamed: names a person, but no field is personal/],
      [named({ person: 'visitor' }, { name: 'names', type: { type: 'array', items: personal } }), /inside names/],
    ];
    for (const [content, complaint] of wrong) {
      const tree = { 'libs/ceiling/package.json': '{}', 'schemas/ceiling/visitor-named.v1.avsc': content };
      await assert.rejects(schemaConstants.generate(plant(t, tree)), complaint);
    }
  });
});

describe('settings', () => {
  it('that several apps read are one', () => {
    const NAME = text({ about: 'A name.' });
    assert.deepEqual(
      mergeSettings([
        ['one', { NAME }],
        ['two', { NAME: text({ about: 'A name.' }), AGE: int({ about: 'An age.' }) }],
      ]).map(({ setting, apps }) => [setting.name, apps]),
      [
        ['AGE', ['two']],
        ['NAME', ['one', 'two']],
      ],
    );
  });

  it('may not mean two things', () => {
    const one = { AGE: int({ about: 'An age.', fallback: 1 }) };
    const two = { AGE: int({ about: 'An age.', fallback: 2 }) };
    assert.throws(
      () =>
        mergeSettings([
          ['one', one],
          ['two', two],
        ]),
      /AGE means one thing in one and another in two/,
    );
  });
});

const schema = (name: string): string =>
  JSON.stringify({ type: 'record', namespace: 'plenum.ceiling', name, fields: [{ name: 'door', type: 'string' }] });
