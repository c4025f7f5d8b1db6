import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Event } from '@plenum/event';
import { foldProjection, type Recorded, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import { refusedClientsProjection } from './refused-clients.ts';

let ids = 0;
const refused = (effectiveTimeUs: number, data: object = {}): Event => ({
  id: `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`,
  type: 'plenum.device.ClientRefused',
  source: 'bridge/a',
  effectiveTimeUs,
  recordedTimeUs: effectiveTimeUs,
  data: {
    ...{ client_id: 'c1', node_id: undefined, code: 'no-credentials', why: 'it did not sign in' },
    ...{ admitted: true, replica: 'a', count: 1 },
    ...data,
  },
});

const rowsAfter = (...events: readonly Event[]): ReadonlyMap<string, Row> => {
  const recorded: readonly Recorded[] = events.map((event, index) => ({ event, partition: 0, offset: BigInt(index) }));
  return foldProjection(refusedClientsProjection, recorded).get('refused_clients') ?? new Map();
};
const after = (...events: readonly Event[]): Row => rowsAfter(...events).get('c1') ?? assert.fail('no row');

describe('refused_clients', () => {
  it('shows the last refusal of a client, and how many there were since when', () => {
    const first = refused(10);
    const last = refused(30, { node_id: 'n1', code: 'wrong-credentials', why: 'its key', admitted: false, count: 4 });
    const { event_id, log_partition, log_offset, ...shown } = after(first, last);
    assert.deepEqual(shown, {
      ...{ client_id: 'c1', node_id: 'n1', code: 'wrong-credentials', why: 'its key', admitted: false, replica: 'a' },
      ...{ count: 5n, first_time: 10, last_time: 30 },
    });
    assert.deepEqual([event_id, log_partition, log_offset], [last.id, 0, 1n]);
  });

  it('keeps the last one when an earlier one of another bridge comes late', () => {
    const row = after(refused(30, { replica: 'b', code: 'disabled' }), refused(10, { count: 2 }));
    assert.partialDeepStrictEqual(row, { replica: 'b', code: 'disabled', count: 3n, first_time: 10, last_time: 30 });
  });

  it('has a row for each client, and none of clients that are let in', () => {
    const connected: Event = { ...refused(20, { client_id: 'c3' }), type: 'plenum.device.ClientConnected' };
    assert.deepEqual([...rowsAfter(refused(10), refused(10, { client_id: 'c2' }), connected).keys()], ['c1', 'c2']);
  });

  it('is the same in whatever order events come, and counts each once however often it comes', () => {
    const anEvent = fc
      .record({ at: fc.integer({ min: 1, max: 5 }), count: fc.integer({ min: 1, max: 9 }), admitted: fc.boolean() })
      .map(({ at, ...data }) => refused(at, data));
    const cases = fc
      .array(anEvent, { minLength: 1, maxLength: 6 })
      .chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
      );
    // Where it was read is not: the first copy that is met stays.
    const withoutPlace = ({ log_offset, ...row }: Row): Row => row;
    fc.assert(
      fc.property(cases, ([events, mixed]) => {
        assert.deepEqual(withoutPlace(after(...mixed)), withoutPlace(after(...events)));
      }),
    );
  });
});
