import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Event } from '@plenum/event';
import { foldProjection } from '@plenum/read-model';
import { recorded } from '@plenum/read-model/testing';
import { storableJson } from '../storable.ts';
import { SecurityEventSeen, type SecurityEventSeenData } from './security-event-seen.ts';
import { securityEventsProjection, severityOf } from './security-events.ts';

const seen: SecurityEventSeenData = {
  event_type: 'authorization_failed',
  user_id: 'u',
  organisation: 'acme',
  ip_address: '192.0.2.7',
  user_agent: 'curl',
  resource: '/api/v1/nodes',
  action: 'access',
  success: false,
  details: '{"required_permission":"write:nodes"}',
  occurrences: 1,
};
const event = (data: Partial<SecurityEventSeenData>): Event => ({
  id: '00000000-0000-7000-8000-000000000001',
  type: SecurityEventSeen.type,
  source: 'query-api',
  effectiveTimeUs: 5,
  recordedTimeUs: 6,
  data: { ...seen, ...data },
});
const rowOf = (data: Partial<SecurityEventSeenData>) =>
  [
    ...(foldProjection(securityEventsProjection, recorded([event(data)]))
      .get('security_events')
      ?.values() ?? []),
  ][0];

describe('security_events', () => {
  it('keeps each once', () => {
    const rows = foldProjection(securityEventsProjection, recorded([event({}), event({})])).get('security_events');
    assert.deepEqual(
      [...(rows?.values() ?? [])],
      [
        {
          event_id: '00000000-0000-7000-8000-000000000001',
          timestamp: 5,
          ...seen,
          severity: 'warning',
          occurrences: 1n,
          log_partition: 2,
          log_offset: 0n,
        },
      ],
    );
  });

  const severities: readonly (readonly [success: boolean, occurrences: number, severity: string])[] = [
    [true, 1, 'info'],
    [true, 3, 'info'],
    [false, 1, 'warning'],
    [false, 2, 'critical'],
  ];
  for (const [success, occurrences, severity] of severities) {
    it(`calls ${occurrences} ${success ? 'success' : 'failure'} ${severity}`, () => {
      assert.equal(severityOf({ success, occurrences }), severity);
    });
  }

  it('takes whatever a stranger sent without being refused by the database', () => {
    const row = rowOf({ user_agent: 'a\u0000b', resource: '/\ud800', details: '{"a\\u0000":["\\ud800", 1e999]}' });
    assert.partialDeepStrictEqual(row, {
      user_agent: 'a\uFFFDb',
      resource: '/\uFFFD',
      details: '{"a\uFFFD":["\uFFFD",null]}',
    });
    assert.equal(rowOf({ details: 'not JSON' })?.details, undefined);
  });

  it('keys by who it was, else by where from', () => {
    assert.equal(SecurityEventSeen.key(seen), 'u');
    assert.equal(SecurityEventSeen.key({ ...seen, user_id: undefined }), '192.0.2.7');
  });
});

it('leaves good JSON as it is', () => {
  assert.equal(storableJson('{"b":[true,null,2.5],"a":{"c":"ć"}}'), '{"b":[true,null,2.5],"a":{"c":"ć"}}');
  assert.equal(storableJson(undefined), undefined);
});
