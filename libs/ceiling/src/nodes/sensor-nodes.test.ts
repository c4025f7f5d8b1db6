import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Event } from '@plenum/event';
import { foldSet, type Row } from '@plenum/read-model';
import fc from 'fast-check';
import { nodesSet } from './nodes-set.ts';

let offset = 0n;
const event = (type: string, at: number, data: object): Event => ({
  id: `00000000-0000-7000-8000-${String(at).padStart(12, '0')}`,
  type: `plenum.ceiling.${type}`,
  source: '',
  effectiveTimeUs: at,
  recordedTimeUs: at,
  data: { node_id: 'n1', ...data },
});
const status = (at: number, word: string, battery_level?: number): Event =>
  event('NodeStatusReported', at, { status: word, battery_level });
const registration = (at: number, firmware_version: string, word?: string): Event =>
  event('NodeRegistered', at, {
    location: { x: at, y: 0, z: 0, zone: undefined },
    sensors: ['humidity'],
    firmware_version,
    capabilities: '{}',
    status: word,
  });

const nodeAfter = (...events: readonly Event[]): Row | undefined => {
  const recorded = events.map((one) => {
    offset += 1n;
    return { event: one, partition: 0, offset };
  });
  return foldSet(nodesSet, recorded).get('sensor_nodes')?.get('n1');
};

describe('sensor_nodes', () => {
  it('keeps the last battery level when a status does not say one', () => {
    assert.partialDeepStrictEqual(nodeAfter(status(1, 'online', 71.5), status(2, 'maintenance')), {
      status: 'maintenance',
      battery_level: 71.5,
      last_seen: 2,
    });
  });

  it('records a node that never registered', () => {
    assert.partialDeepStrictEqual(nodeAfter(status(1, 'online')), { status: 'online', location: undefined });
  });

  it('shows the latest registration, and the status that was said last wherever it was said', () => {
    const row = nodeAfter(status(3, 'error'), registration(2, '2.0.0', 'online'), registration(1, '1.0.0'));
    assert.partialDeepStrictEqual(row, { firmware_version: '2.0.0', status: 'error', last_seen: 3 });
  });

  it('comes to the same row in whatever order, and however often, its events arrive', () => {
    const words = ['online', 'offline', 'error'] as const;
    const anEvent = fc.tuple(
      fc.nat(20),
      fc.constantFrom(...words),
      fc.option(fc.integer({ min: 0, max: 100 })),
      fc.boolean(),
    );
    // One moment, one event: the same id never says two things.
    const events = fc
      .uniqueArray(anEvent, { selector: ([at]) => at, minLength: 1 })
      .map((all) =>
        all.map(([at, word, battery, registers]) =>
          registers ? registration(at, `${at}`, word) : status(at, word, battery ?? undefined),
        ),
      );
    const withoutPlace = (row: Row | undefined): Row => ({ ...row, log_offset: 0n });
    fc.assert(
      fc.property(
        events.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
        ),
        ([all, shuffled]) => {
          assert.deepEqual(withoutPlace(nodeAfter(...shuffled)), withoutPlace(nodeAfter(...all)));
        },
      ),
    );
  });
});
