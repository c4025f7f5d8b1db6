import assert from 'node:assert/strict';
import { it } from 'node:test';
import { edited, stepsOf } from './page-steps.ts';

it('reads whole files and changes from a page, without their indentation', () => {
  const page = [
    'Write `a.ts`, and add a line to `b.ts`.',
    '   ```ts a.ts',
    '   const a = {',
    '     b: 1,',
    '   };',
    '   ```',
    '```diff b.ts',
    ' one',
    '+two',
    '```',
    '```sh',
    'npm test',
    '```',
  ].join('\n');
  assert.deepEqual(stepsOf(page), [
    { kind: 'file', path: 'a.ts', content: 'const a = {\n  b: 1,\n};\n' },
    { kind: 'edit', path: 'b.ts', changes: [{ before: ['one'], after: ['one', 'two'] }] },
  ]);
});

it('wants a path where readers see it', () => {
  assert.throws(() => stepsOf('Write this:\n```ts a.ts\n1;\n```\n'), /nothing on the page says a\.ts/);
});

it('changes what is there once', () => {
  const change = { before: ['b'], after: ['b', 'c'] };
  assert.equal(edited('a\nb\nd\n', [change]), 'a\nb\nc\nd\n');
  assert.equal(edited('b\n', [change]), 'b\nc\n');
  assert.throws(() => edited('a\n', [change]), /not there/);
  assert.throws(() => edited('b\nb\nb\n', [change]), /more than once/);
});
