import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultThrottleLimits, type Report, type Sighting, securityThrottle } from './throttle.ts';

const second = 1_000_000;
const minute = 60 * second;
const start = 100 * minute;

const success = (userId: string): Sighting => ({
  type: 'authentication_success',
  userId,
  organisation: 'acme',
  address: '192.0.2.1',
  userAgent: 'curl',
  resource: '/api/v1/nodes',
  details: { method: 'api_key' },
});
const failure = (address: string, type: Sighting['type'] = 'authentication_failed'): Sighting => ({
  ...success('u'),
  type,
  address,
  userId: undefined,
  details: { auth_header: true, api_key: false },
});
const shown = (reports: readonly Report[]) =>
  reports.map(({ data }) => `${data.event_type} ${data.user_id ?? data.ip_address} x${data.occurrences}`);

describe('successes', () => {
  it('are kept once a minute and identity', () => {
    const throttle = securityThrottle();
    assert.deepEqual(shown(throttle.see(success('a'), start)), ['authentication_success a x1']);
    assert.deepEqual(throttle.see(success('a'), start + 59 * second), []);
    assert.equal(throttle.see(success('b'), start + 59 * second).length, 1);
    assert.equal(throttle.see(success('a'), start + minute).length, 1);
  });

  it('of more identities than are remembered are counted as unseen', () => {
    const throttle = securityThrottle({ ...defaultThrottleLimits, identitiesMax: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'a']) throttle.see(success(id), start);
    assert.equal(throttle.unseen, 2);
  });
});

describe('failures', () => {
  it('are kept five times a minute and network, and then counted', () => {
    const throttle = securityThrottle();
    const kept = Array.from({ length: 12 }, (_, index) => throttle.see(failure('192.0.2.7'), start + index)).flat();
    assert.equal(kept.length, 5);
    assert.deepEqual(throttle.due(start + 59 * second), []);
    const [count, ...others] = throttle.due(start + minute);
    assert.deepEqual(others, []);
    assert.equal(count?.data.occurrences, 7);
    assert.equal(count?.effectiveTimeUs, start + minute - 1, 'in the minute in which they happened');
    assert.equal(count?.data.details, '{"counted":{"authentication_failed":7}}');
    assert.deepEqual(throttle.due(start + 2 * minute), [], 'and reported once');
  });

  it('are counted by what they were', () => {
    const throttle = securityThrottle({ ...defaultThrottleLimits, failuresKept: 0 });
    for (const type of ['authentication_failed', 'rate_limit_exceeded', 'rate_limit_exceeded'] as const) {
      throttle.see(failure('192.0.2.7', type), start);
    }
    const [count] = throttle.due(Number.POSITIVE_INFINITY);
    assert.equal(count?.data.details, '{"counted":{"authentication_failed":1,"rate_limit_exceeded":2}}');
    assert.equal(count?.data.event_type, 'rate_limit_exceeded');
  });

  it('of somebody who was let in are their own, whatever strangers do beside them', () => {
    const throttle = securityThrottle();
    for (let index = 0; index < 9; index += 1) throttle.see(failure('192.0.2.7'), start);
    const forbidden = { ...failure('192.0.2.7', 'authorization_failed'), userId: 'ana' };
    const kept = Array.from({ length: 8 }, () => throttle.see(forbidden, start)).flat();
    assert.deepEqual(shown(kept), Array(5).fill('authorization_failed ana x1'));
    assert.deepEqual(shown(throttle.due(start + minute)), [
      'authentication_failed 192.0.2.7 x4',
      'authorization_failed ana x3',
    ]);
  });

  it('that only name somebody are of their network', () => {
    const throttle = securityThrottle();
    const named = (userId: string) => throttle.see({ ...failure('192.0.2.7'), userId }, start);
    assert.equal(Array.from({ length: 9 }, (_, index) => named(`u${index}`)).flat().length, 5);
    assert.deepEqual(shown(throttle.due(start + minute)), ['authentication_failed 192.0.2.7 x4']);
  });

  it('from one IPv6 network are of one stranger', () => {
    const throttle = securityThrottle();
    const kept = Array.from({ length: 9 }, (_, index) => throttle.see(failure(`2001:db8::${index}`), start)).flat();
    assert.equal(kept.length, 5);
  });

  it('from more networks than are counted apart are counted together', () => {
    const throttle = securityThrottle({ ...defaultThrottleLimits, networksMax: 1 });
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) throttle.see(failure(address), start);
    assert.deepEqual(shown(throttle.due(start + minute)), ['authentication_failed elsewhere x2']);
  });

  it('carry no more of what a stranger sent than fits', () => {
    const throttle = securityThrottle();
    const sighting = {
      ...failure('x'.repeat(999)),
      userAgent: `\u0000${'u'.repeat(9999)}`,
      resource: '/'.repeat(9999),
    };
    const [report] = throttle.see(sighting, start);
    assert.ok(JSON.stringify(report?.data).length < 1500);
    assert.ok(report?.data.user_agent?.startsWith('\uFFFD'));
  });
});

it('loses nothing silently and keeps little, however somebody knocks', () => {
  const limits = { failuresKept: 2, identitiesMax: 3, networksMax: 3 };
  const knock = fc.record({
    afterUs: fc.nat(20 * second),
    sighting: fc.oneof(
      fc.nat(6).map((id) => success(`u${id}`)),
      fc
        .tuple(
          fc.nat(6),
          fc.constantFrom<Sighting['type']>('authentication_failed', 'authorization_failed', 'rate_limit_exceeded'),
          fc.option(
            fc.nat(6).map((id) => `u${id}`),
            { nil: undefined },
          ),
        )
        .map(([host, type, userId]) => ({ ...failure(`192.0.2.${host}`, type), userId })),
    ),
  });
  fc.assert(
    fc.property(fc.array(knock, { maxLength: 120 }), (knocks) => {
      const throttle = securityThrottle(limits);
      const reports: Report[] = [];
      let nowUs = start;
      for (const { afterUs, sighting } of knocks) {
        nowUs += afterUs;
        reports.push(...throttle.see(sighting, nowUs));
      }
      reports.push(...throttle.due(Number.POSITIVE_INFINITY));
      const failed = reports.filter(({ data }) => !data.success).reduce((sum, { data }) => sum + data.occurrences, 0);
      assert.equal(failed, knocks.filter(({ sighting }) => sighting.type !== 'authentication_success').length);
      const minutes = Map.groupBy(reports, ({ effectiveTimeUs }) => Math.floor(effectiveTimeUs / minute));
      const most = limits.identitiesMax + (limits.identitiesMax + limits.networksMax) * (limits.failuresKept + 1) + 1;
      for (const [, inMinute] of minutes) assert.ok(inMinute.length <= most, `${inMinute.length} records in a minute`);
    }),
  );
});

it('is not stopped by a clock that is set back', () => {
  const throttle = securityThrottle();
  throttle.see(success('a'), start);
  assert.deepEqual(throttle.see(success('a'), start - 10 * minute), []);
  assert.equal(throttle.see(success('a'), start + minute).length, 1);
});
