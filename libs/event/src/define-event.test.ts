import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEvent, upcast } from './define-event.ts';

const schema = (name = 'Moved') => ({ type: 'record', namespace: 'test', name, fields: [] }) as const;

describe('an event with three versions', () => {
  const Moved = defineEvent<{ to: { x: number; y: number }; unit: string }>()({
    topic: 'test.moves',
    key: () => 'one',
    schemas: [schema(), schema(), schema()],
    upcast: {
      1: ({ x, y }: { x: number; y: number }) => ({ to: { x, y } }),
      2: (older: { to: { x: number; y: number } }) => ({ ...older, unit: 'mm' }),
    },
  });

  it('is seen in its newest shape whatever version it was written in', () => {
    const today = { to: { x: 1, y: 2 }, unit: 'mm' };
    assert.deepEqual(upcast(Moved, 1, { x: 1, y: 2 }), today);
    assert.deepEqual(upcast(Moved, 2, { to: { x: 1, y: 2 } }), today);
    assert.deepEqual(upcast(Moved, 3, today), today);
  });
});

it('refuses a version that nobody could read any more', () => {
  const declare = () => defineEvent()({ topic: 't', key: () => '', schemas: [schema(), schema()] });
  assert.throws(declare, /test\.Moved v1 has no upcaster to v2/);
});

it('refuses schemas of different events', () => {
  const declare = () =>
    defineEvent()({ topic: 't', key: () => '', schemas: [schema(), schema('Other')], upcast: { 1: (x) => x } });
  assert.throws(declare, /v2 is named test\.Other/);
});
