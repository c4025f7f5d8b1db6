import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  giveBack,
  grantRequests,
  nearLimit,
  type RateBucket,
  requestsIn,
  resetInS,
  roomInS,
  shareFor,
  windowAt,
} from './sliding-minute.ts';

const one = { limit: 100, waiting: 1, share: 0 };

it('grants up to the limit, and again when the first have left the window', () => {
  let buckets: readonly RateBucket[] = [];
  for (let request = 0; request < 100; request += 1) {
    const grant = grantRequests(buckets, { ...one, second: 1000 });
    assert.equal(grant.granted, 1);
    buckets = grant.buckets;
  }
  assert.equal(grantRequests(buckets, { ...one, second: 1000 }).granted, 0);
  assert.equal(grantRequests(buckets, { ...one, second: 1060 }).granted, 0, 'the last came late in its second');
  assert.equal(grantRequests(buckets, { ...one, second: 1061 }).granted, 1);
});

it('lets no more than the limit through in any 60 seconds, shares included', () => {
  const asks = fc.array(
    fc.record({ passedS: fc.integer({ min: 0, max: 40 }), waiting: fc.nat(60), share: fc.nat(60), late: fc.boolean() }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 120 }), (given, limit) => {
      let buckets: readonly RateBucket[] = [];
      let second = 1000;
      const passed: { readonly atS: number; readonly requests: number }[] = [];
      for (const { passedS, waiting, share, late } of given) {
        second += passedS;
        const grant = grantRequests(buckets, { limit, second, waiting, share });
        buckets = grant.buckets;
        // The worst that can be: all of a share spent in the last instant in which it may be, or in the first.
        passed.push({ atS: second + 0.999, requests: grant.granted });
        passed.push({ atS: second + (late ? 1.999 : 0), requests: grant.share });
      }
      for (const { atS } of passed) {
        const inMinute = passed.filter((other) => other.atS >= atS && other.atS < atS + 60);
        const sum = inMinute.reduce((total, { requests }) => total + requests, 0);
        assert.ok(sum <= limit, `${sum} of ${limit} from ${atS} on`);
      }
    }),
  );
});

it('gives no share when few are left, and never so many that few are left', () => {
  assert.equal(grantRequests([], { limit: nearLimit, second: 1, waiting: 1, share: 5 }).share, 0);
  assert.equal(grantRequests([], { limit: 100, second: 1, waiting: 1, share: 500 }).share, 100 - 1 - nearLimit);
});

it('what is given back can be granted again', () => {
  const { buckets, share } = grantRequests([], { limit: 100, second: 1000, waiting: 0, share: 50 });
  assert.equal(requestsIn(buckets), 50);
  assert.equal(requestsIn(giveBack(buckets, 1001, share - 8)), 8);
  assert.equal(requestsIn(giveBack(buckets, 1001, 99)), 0, 'and no more than was counted');
});

it('says when there is capacity again and when everything has left', () => {
  const buckets = [
    { second: 1010, requests: 60 },
    { second: 1000, requests: 40 },
  ];
  assert.equal(roomInS(buckets, 100, 1020), 41);
  assert.equal(roomInS(buckets, 50, 1020), 51, 'a limit that was lowered');
  assert.equal(roomInS([], 100, 1020), 1);
  assert.equal(resetInS(buckets, 1020), 51);
  assert.equal(resetInS(windowAt(buckets, 1071), 1071), 0);
});

it('a share is what the next second needs, and a tenth of the limit at most', () => {
  assert.equal(shareFor(0, 1000), 0);
  assert.equal(shareFor(4, 1000), 6);
  assert.equal(shareFor(400, 1000), 100);
  assert.equal(shareFor(3, 9), 0);
});
