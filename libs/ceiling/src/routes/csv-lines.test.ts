import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from './csv-lines.ts';

test('a line has quotes where they must be, and tells nothing from an empty text', () => {
  assert.equal(csvLine(['a', 1.5, true, null, undefined, '']), 'a,1.5,true,,,""\n');
  assert.equal(csvLine(['a,b', 'say "no"', 'two\nlines', '=1+1']), '"a,b","say ""no""","two\nlines",=1+1\n');
});
