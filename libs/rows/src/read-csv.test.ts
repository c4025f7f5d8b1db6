import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readCsv } from './index.ts';

it('records of any length come with their line, without blanks around values', () => {
  assert.deepEqual(readCsv('\ufeffa,b\r\n"x, ""y""",\r\n\r\n 1 ,"two\r\nlines",3\r\n'), {
    outcome: 'read',
    records: [
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['x, "y"', ''] },
      { line: 5, fields: ['1', 'two\nlines', '3'] },
    ],
  });
  assert.deepEqual(readCsv(''), { outcome: 'read', records: [] });
});

it('a quote that is not closed or not doubled says in which line', () => {
  for (const [text, line] of [
    ['a\n"b', 2],
    ['a\nb\n"c"d\n', 3],
  ] as const) {
    const read = readCsv(text);
    assert.ok(read.outcome === 'unreadable', text);
    assert.match(read.reason, new RegExp(`line ${line} `));
  }
});
