import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '@plenum/http';
import { integrationRange } from './integration-asked.ts';

const us = (iso: string): number => Date.parse(iso) * 1_000;

test('days are whole, and times are what they say', () => {
  assert.deepEqual(integrationRange({ start_date: '2026-03-04', end_date: '2026-03-04' }), {
    fromUs: us('2026-03-04T00:00:00Z'),
    toUs: us('2026-03-05T00:00:00Z'),
  });
  const toUs = us('2026-03-04T09:15:00Z');
  assert.deepEqual(integrationRange({ end_date: '2026-03-04T10:15:00 01:00' }), { fromUs: undefined, toUs });
});

test('everything that is wrong is named', () => {
  const errorOf = (dates: Parameters<typeof integrationRange>[0]): string => {
    try {
      integrationRange(dates);
    } catch (error) {
      if (error instanceof Problem) return error.message;
    }
    throw new Error('it was taken');
  };
  const both = errorOf({ start_date: '2026-02-30', end_date: 'soon' });
  assert.match(both, /start_date is neither.*end_date is neither/);
  assert.match(errorOf({ start_date: '2026-03-05', end_date: '2026-03-03' }), /start_date is after end_date/);
});
