import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimeUs } from '@plenum/event';
import fc from 'fast-check';
import { utcText } from './sql-types.ts';

/** As PostgreSQL writes a time in UTC: without zeros at the end of the fraction, and without an empty one. */
const written = (timeUs: number): string =>
  formatTimeUs(timeUs)
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '+00');

test('a time has six digits, however many PostgreSQL writes', () => {
  const timeUs = fc.integer({ min: Date.UTC(1, 0, 1) * 1000, max: Date.UTC(9999, 0, 1) * 1000 });
  const digits = fc.constantFrom(1, 10, 100, 1_000, 10_000, 100_000, 1_000_000);
  fc.assert(
    fc.property(timeUs, digits, (us, unit) => {
      const time = Math.floor(us / unit) * unit;
      assert.equal(utcText(written(time)), formatTimeUs(time));
    }),
  );
  assert.equal(utcText('2026-03-04 09:15:02.1182+00'), '2026-03-04T09:15:02.118200Z');
  assert.equal(utcText('2026-03-04 09:15:00+00'), '2026-03-04T09:15:00.000000Z');
});

test('what is no time of a year with four digits in UTC is left as it was written', () => {
  for (const text of [
    ...['infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC', ''],
    ...['2026-03-04 09:15:02.1182+01', '2026-03-04 09:15:02-03:30'],
  ]) {
    assert.equal(utcText(text), text);
  }
});
