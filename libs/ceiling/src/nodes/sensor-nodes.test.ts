import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Event, effectiveTimeUs } from '@plenum/event';
import { foldProjection, type Recorded, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import { nodesProjection } from './nodes-projection.ts';

const second = 1_000_000;
const minute = 60 * second;
const startUs = Date.UTC(2026, 2, 4, 9) * 1000;

/** `at` and `says`: seconds from the start by our clock and by the device's; a will, and what was left unsaid, says none. */
type Said = { readonly id?: number; readonly at: number; readonly says?: number; readonly [field: string]: unknown };

let ids = 0;
const event = (type: string, { id, at, says, ...data }: Said): Event => {
  ids += 1;
  const recordedTimeUs = startUs + at * second;
  const device_time = says === undefined ? undefined : startUs + says * second;
  return {
    id: `00000000-0000-7000-8000-${String(id ?? 1_000_000 + ids).padStart(12, '0')}`,
    type: `plenum.ceiling.${type}`,
    source: '',
    effectiveTimeUs: effectiveTimeUs(device_time, recordedTimeUs),
    recordedTimeUs,
    data: { node_id: 'n1', device_time, ...data },
  };
};
const status = (said: Said & { readonly status: string; readonly battery_level?: number }): Event =>
  event('NodeStatusReported', said);
const registration = (said: Said & { readonly firmware_version: string; readonly status?: string }): Event =>
  event('NodeRegistered', {
    location: { x: said.at, y: 0, z: 0, zone: undefined },
    sensors: ['humidity'],
    capabilities: '{}',
    ...said,
  });

const recordedAs = (events: readonly Event[]): readonly Recorded[] =>
  events.map((one, index) => ({ event: one, partition: 0, offset: BigInt(index) }));
const nodeAfter = (...events: readonly Event[]): Row | undefined =>
  foldProjection(nodesProjection, recordedAs(events)).get('sensor_nodes')?.get('n1');

describe('sensor_nodes', () => {
  it('keeps the last battery level when a status does not say one', () => {
    const events = [
      status({ at: 1, says: 1, status: 'online', battery_level: 71.5 }),
      status({ at: 2, says: 2, status: 'maintenance' }),
    ];
    assert.partialDeepStrictEqual(nodeAfter(...events), {
      status: 'maintenance',
      battery_level: 71.5,
      last_seen: startUs + 2 * second,
    });
  });

  it('records a node that never registered', () => {
    assert.partialDeepStrictEqual(nodeAfter(status({ at: 1, status: 'online' })), {
      status: 'online',
      location: undefined,
    });
  });

  it('shows the latest registration, and the status that was said last wherever it was said', () => {
    const row = nodeAfter(
      status({ at: 3, says: 3, status: 'error' }),
      registration({ at: 4, says: 2, firmware_version: '2.0.0', status: 'online' }),
      registration({ at: 5, says: 1, firmware_version: '1.0.0' }),
    );
    const seen = { last_seen: startUs + 5 * second };
    assert.partialDeepStrictEqual(row, { firmware_version: '2.0.0', status: 'error', ...seen });
  });

  it('shows a will, whatever the clock of its device says', () => {
    for (const ahead of [120, -120, 3_600, -400 * 86_400]) {
      const online = status({ at: 0, says: ahead, status: 'online' });
      const will = status({ at: 60, status: 'offline' });
      const back = status({ at: 90, says: 90 + ahead, status: 'online' });
      assert.equal(nodeAfter(online, will)?.status, 'offline', `${ahead} s ahead`);
      assert.equal(nodeAfter(online, will, back)?.status, 'online', `${ahead} s ahead, back again`);
    }
  });

  it('lets a status that came late change nothing but when the node was heard of', () => {
    const events = [status({ at: 60, says: 60, status: 'error' }), status({ at: 300, says: 10, status: 'online' })];
    assert.partialDeepStrictEqual(nodeAfter(...events), { status: 'error', last_seen: startUs + 5 * minute });
    // Nor does a will in between make it newer than it is.
    const will = status({ at: 100, status: 'offline' });
    assert.equal(nodeAfter(events[0] ?? assert.fail(), will, events[1] ?? assert.fail())?.status, 'offline');
  });

  it('believes a clock that was never set nothing', () => {
    const unset = (at: number, word: string) => status({ at, says: at - startUs / second, status: word });
    const events = [status({ at: 0, says: 0, status: 'online' }), status({ at: 5, status: 'offline' })];
    assert.equal(nodeAfter(...events, unset(9, 'maintenance'))?.status, 'maintenance');
    assert.equal(nodeAfter(unset(1, 'online'), unset(2, 'error'))?.status, 'error');
  });

  it('takes a copy for what it is, though much has happened since', () => {
    const online = status({ id: 1, at: 0, says: 120, status: 'online' });
    const copy = status({ id: 1, at: 200, says: 120, status: 'online' });
    const untimed = status({ id: 2, at: 10, status: 'error' });
    const untimedCopy = status({ id: 2, at: 300, status: 'error' });
    const row = nodeAfter(online, untimed, status({ at: 60, status: 'offline' }), copy, untimedCopy);
    assert.partialDeepStrictEqual(row, { status: 'offline', last_seen: startUs + minute });
  });

  it('takes a number that a device uses again at another time for another message', () => {
    const again = status({ id: 1, at: 100, says: 100, status: 'error' });
    assert.equal(nodeAfter(status({ id: 1, at: 0, says: 0, status: 'online' }), again)?.status, 'error');
  });

  it('shows what was said last, by a device with any clock and with wills in between', () => {
    const word = fc.constantFrom('online', 'offline', 'error', 'maintenance');
    const steps = fc.array(fc.record({ after: fc.nat(400), word, timed: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    });
    const skew = fc.integer({ min: -500 * 86_400, max: 500 * 86_400 });
    fc.assert(
      fc.property(steps, skew, fc.array(fc.nat(11)), (said, ahead, copies) => {
        let at = 0;
        const events = said.map(({ after, word: one, timed }, index) => {
          at += after;
          return status({ id: index, at, ...(timed ? { says: at + ahead } : {}), status: one });
        });
        const last = events.at(-1) ?? assert.fail();
        const redelivered = copies.flatMap((index) => {
          const copied = events[index];
          return copied === undefined ? [] : [{ ...copied, recordedTimeUs: last.recordedTimeUs + second }];
        });
        assert.equal(nodeAfter(...events, ...redelivered)?.status, said.at(-1)?.word);
      }),
    );
  });
});

describe('node_events', () => {
  it('keeps everything a node said once, with both clocks', () => {
    const said = [
      status({ id: 1, at: 2, says: 1, status: 'online', battery_level: 9 }),
      status({ id: 1, at: 3, says: 1, status: 'online', battery_level: 9 }),
      registration({ id: 1, at: 4, says: 1, firmware_version: '1.0.0' }),
      status({ id: 2, at: 5, status: 'offline' }),
    ];
    const rows = [...(foldProjection(nodesProjection, recordedAs(said)).get('node_events')?.values() ?? [])];
    assert.deepEqual(
      rows.map(({ kind, said_time, recorded_time }) => [kind, said_time, recorded_time]),
      [
        ['status', startUs + second, startUs + 2 * second],
        ['registration', startUs + second, startUs + 4 * second],
        ['status', 0, startUs + 5 * second],
      ],
    );
  });
});
