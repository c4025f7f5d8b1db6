import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Event } from '@plenum/event';
import { foldProjection, type Recorded, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import { presenceProjection } from './device-presence.ts';

const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

let ids = 0;
const event = (type: string, effectiveTimeUs: number, data: object): Event => ({
  id: uuid((ids += 1)),
  type: `plenum.device.${type}`,
  source: 'bridge/a',
  effectiveTimeUs,
  recordedTimeUs: effectiveTimeUs,
  data: { client_id: 'c1', replica: 'a', ...data },
});

/** A connection is known by when it began. */
const of = (connection: number) => ({ connection_id: uuid(connection * 1_000), connected_time: connection });
const connected = (connection: number, more: object = {}): Event => {
  const details = { protocol: '5', user_name: undefined, keepalive_s: 60 };
  return event('ClientConnected', connection, { ...of(connection), ...details, ...more });
};
const seen = (connection: number, at: number): Event =>
  event('ClientSeen', at, { ...of(connection), last_packet_time: at });
const ended = (connection: number, at: number, reason = 'client'): Event =>
  event('ClientDisconnected', at, { ...of(connection), disconnected_time: at, last_packet_time: at - 1, reason });
const gone = (at: number): Event =>
  event('ClientDisconnected', at, {
    ...{ replica: 'b', connection_id: undefined, connected_time: undefined, last_packet_time: undefined },
    ...{ disconnected_time: at, reason: 'server-gone' },
  });

const recorded = (events: readonly Event[]): readonly Recorded[] =>
  events.map((one, index) => ({ event: one, partition: 0, offset: BigInt(index) }));
const after = (...events: readonly Event[]): Row => {
  const row = foldProjection(presenceProjection, recorded(events)).get('device_presence')?.get('c1');
  return row ?? assert.fail('no row');
};

describe('device_presence', () => {
  it('shows a connection, and how it ended', () => {
    const begun = connected(10, { protocol: '3.1.1', user_name: 'n1', keepalive_s: 30 });
    const shown = { since: 10, replica: 'a', protocol: '3.1.1', user_name: 'n1', keepalive_s: 30 };
    assert.partialDeepStrictEqual(after(begun, seen(10, 15)), {
      ...{ ...shown, connected: true, last_seen: 15, disconnected_at: undefined, reason: undefined },
    });
    assert.partialDeepStrictEqual(after(begun, seen(10, 15), ended(10, 20, 'lost')), {
      ...{ ...shown, connected: false, last_seen: 19, disconnected_at: 20, reason: 'lost' },
    });
  });

  it('keeps a newer connection when an older one is said to have ended late', () => {
    const row = after(connected(10), connected(20, { replica: 'b' }), ended(10, 30, 'taken-over'));
    assert.partialDeepStrictEqual(row, { connected: true, since: 20, replica: 'b', reason: undefined });
    assert.partialDeepStrictEqual(after(connected(10), connected(20), ended(10, 30), ended(20, 25, 'lost')), {
      ...{ connected: false, disconnected_at: 25, reason: 'lost' },
    });
  });

  it('knows a connection by any of its events', () => {
    assert.partialDeepStrictEqual(after(seen(10, 15)), {
      connected: true,
      since: 10,
      last_seen: 15,
      protocol: undefined,
    });
    assert.partialDeepStrictEqual(after(ended(10, 15), connected(10)), {
      ...{ connected: false, since: 10, disconnected_at: 15, protocol: '5' },
    });
  });

  it('ends what its bridge said no more about, until it is heard of again', () => {
    const disconnected = { connected: false, disconnected_at: 30, reason: 'server-gone' };
    assert.partialDeepStrictEqual(after(connected(10), seen(10, 15), gone(30)), { ...disconnected, since: 10 });
    assert.partialDeepStrictEqual(after(gone(30)), { ...disconnected, since: undefined, last_seen: undefined });
    assert.partialDeepStrictEqual(after(connected(10), gone(30), connected(40)), { connected: true, since: 40 });
    assert.partialDeepStrictEqual(after(connected(10), gone(30), seen(10, 31)), { connected: true, since: 10 });
    assert.partialDeepStrictEqual(after(connected(10), ended(10, 12, 'client'), gone(30)), {
      ...{ connected: false, disconnected_at: 12, reason: 'client' },
    });
  });

  it('is the same in whatever order events come, and however often', () => {
    const connection = fc.constantFrom(10, 20, 30);
    const at = fc.integer({ min: 5, max: 45 });
    const reason = fc.constantFrom('client', 'lost');
    const anEvent = fc.oneof(
      fc.tuple(connection, fc.constantFrom('3.1.1', '5')).map(([one, protocol]) => connected(one, { protocol })),
      fc.tuple(connection, at).map(([one, time]) => seen(one, time)),
      fc.tuple(connection, at, reason).map(([one, time, why]) => ended(one, time, why)),
      at.map(gone),
    );
    const cases = fc
      .array(anEvent, { minLength: 1, maxLength: 8 })
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
