import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldProjection, type Recorded, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import { readingsProjection } from './readings-projection.ts';

const minute = 60_000_000;
let offset = 0n;

const reading = (at: number, value: number, id = at): Recorded => {
  offset += 1n;
  return {
    event: {
      id: `00000000-0000-5000-8000-${String(id).padStart(12, '0')}`,
      type: 'plenum.ceiling.ReadingReported',
      source: '',
      effectiveTimeUs: at,
      recordedTimeUs: at,
      data: {
        sensor_id: 's_humidity',
        node_id: 's',
        sensor_type: 'humidity',
        value,
        unit: '%',
        timestamp: 'as sent',
        device_time: at,
        location: { x: 1, y: 2, z: 3, zone: undefined },
        metadata: undefined,
        message_id: undefined,
      },
    },
    partition: 3,
    offset,
  };
};

const tableAfter = (name: string, ...readings: readonly Recorded[]): readonly Row[] => [
  ...(foldProjection(readingsProjection, readings).get(name)?.values() ?? []),
];

describe('readings', () => {
  it('keeps every reading once, with where it came from', () => {
    const first = reading(1, 47.25);
    const rows = tableAfter('sensor_data', first, reading(1, 47.25));
    assert.equal(rows.length, 1);
    assert.partialDeepStrictEqual(rows[0], {
      event_id: first.event.id,
      log_partition: 3,
      log_offset: first.offset,
      timestamp: 1,
      location: '{"x":1,"y":2,"z":3}',
    });
  });

  it('shows as latest the greatest effective time, not the last to arrive', () => {
    assert.partialDeepStrictEqual(tableAfter('sensor_latest', reading(5, 50), reading(2, 20)), [{ value: 50 }]);
  });

  it('says when a reading last came, whatever time that says', () => {
    const came = (at: number, receivedUs: number): Recorded => {
      const one = reading(at, at);
      return { ...one, event: { ...one.event, recordedTimeUs: receivedUs } };
    };
    const rows = [
      tableAfter('sensor_latest', came(5, 10), came(2, 20)),
      tableAfter('sensor_latest', came(2, 20), came(5, 10)),
    ];
    for (const [row] of rows) assert.partialDeepStrictEqual(row, { value: 5, effective_time: 5, received_time: 20 });
  });

  it('settles a tie of times by the event id', () => {
    const [low, high] = [reading(5, 1, 10), reading(5, 2, 11)];
    assert.partialDeepStrictEqual(tableAfter('sensor_latest', low, high), [{ value: 2 }]);
    assert.partialDeepStrictEqual(tableAfter('sensor_latest', high, low), [{ value: 2 }]);
  });

  it('counts by the minute, each reading once', () => {
    const repeated = reading(minute, 4);
    const rows = tableAfter('sensor_minutes', reading(0, 1), repeated, repeated, reading(minute + 1, 8));
    assert.partialDeepStrictEqual(rows, [
      { minute: 0, readings: 1, value_sum: 1 },
      { minute, readings: 2, value_sum: 12, value_min: 4, value_max: 8 },
    ]);
  });

  it('keeps sums finite', () => {
    const rows = tableAfter('sensor_minutes', reading(0, Number.MAX_VALUE), reading(1, Number.MAX_VALUE));
    assert.partialDeepStrictEqual(rows, [{ value_sum: Number.MAX_VALUE }]);
  });

  it('counts as many readings by the minute as it keeps', () => {
    const moments = fc.array(fc.tuple(fc.nat(10 * minute), fc.double({ noNaN: true, noDefaultInfinity: true })));
    fc.assert(
      fc.property(moments, (all) => {
        const readings = all.map(([at, value]) => reading(at, value));
        const counted = tableAfter('sensor_minutes', ...readings).reduce((sum, row) => sum + Number(row.readings), 0);
        assert.equal(counted, tableAfter('sensor_data', ...readings).length);
      }),
    );
  });
});
