import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatTimeUs, parseTimeUs } from '@plenum/event';
import { zoneOffset } from './zone-offset.ts';

const inZone = (timeZone: string, text: string): string => formatTimeUs(parseTimeUs(text, zoneOffset(timeZone)) ?? 0);

it('reads local times by their zone, summer and winter', () => {
  assert.equal(inZone('UTC', '2026-07-01T12:00:00'), '2026-07-01T12:00:00.000000Z');
  assert.equal(inZone('Europe/Belgrade', '2026-07-01T12:00:00.25'), '2026-07-01T10:00:00.250000Z');
  assert.equal(inZone('Europe/Belgrade', '2026-01-01T12:00:00'), '2026-01-01T11:00:00.000000Z');
  assert.equal(inZone('Asia/Kathmandu', '2026-01-01T12:00:00'), '2026-01-01T06:15:00.000000Z');
});

it('takes the earlier offset when clocks change', () => {
  assert.equal(inZone('Europe/Belgrade', '2026-10-25T02:30:00'), '2026-10-25T00:30:00.000000Z'); // Exists twice.
  assert.equal(inZone('Europe/Belgrade', '2026-03-29T02:30:00'), '2026-03-29T01:30:00.000000Z'); // Does not exist.
  assert.equal(inZone('Europe/Belgrade', '2026-03-29T01:59:59'), '2026-03-29T00:59:59.000000Z');
  assert.equal(inZone('Europe/Belgrade', '2026-03-29T03:00:00'), '2026-03-29T01:00:00.000000Z');
});
