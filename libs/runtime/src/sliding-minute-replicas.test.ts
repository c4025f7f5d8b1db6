/** What several processes that share one count let through together, whichever of them is asked, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  giveBack,
  grantRequests,
  nearLimit,
  type RateBucket,
  requestsIn,
  shareFor,
  windowAt,
} from './sliding-minute.ts';

/** So many requests, one each millisecond, at one process, after a pause. */
type Burst = { readonly pauseMs: number; readonly requests: number; readonly replica: number };

/** A share that a process took in advance, and what it has not spent yet. */
type Held = { readonly bucket: number; readonly untilMs: number; left: number };

type Answered = {
  readonly atMs: number;
  readonly replica: number;
  readonly allowed: boolean;
  readonly heldByOthers: number;
};

/** Processes as the arithmetic wants them: spend what is held, else ask; what is over goes back when it is over. */
const simulate = (limit: number, bursts: readonly Burst[]): readonly Answered[] => {
  let counted: readonly RateBucket[] = [];
  const held = new Map<number, Held>();
  const lastSecond = new Map<number, number[]>();
  const answered: Answered[] = [];

  const returnOvers = (nowMs: number): void => {
    for (const [replica, share] of held) {
      if (share.untilMs > nowMs) continue;
      counted = giveBack(counted, share.bucket, share.left);
      held.delete(replica);
    }
  };

  const ask = (replica: number, nowMs: number): boolean => {
    const second = Math.floor(nowMs / 1000);
    const recent = (lastSecond.get(replica) ?? []).filter((atMs) => atMs > nowMs - 1000);
    // A process that asks again has spent what it held, so there is nothing to give back first.
    const grant = grantRequests(counted, { limit, second, waiting: 1, share: shareFor(recent.length, limit) });
    counted = grant.buckets;
    if (grant.share > 0) held.set(replica, { bucket: second + 1, untilMs: nowMs + 1000, left: grant.share });
    return grant.granted === 1;
  };

  let nowMs = 1_000_000;
  for (const { pauseMs, requests, replica } of bursts) {
    nowMs += pauseMs;
    for (let request = 0; request < requests; request += 1) {
      nowMs += 1;
      returnOvers(nowMs);
      const share = held.get(replica);
      const heldByOthers = [...held].reduce((sum, [other, { left }]) => (other === replica ? sum : sum + left), 0);
      const isHeld = share !== undefined && share.left > 0;
      if (isHeld) share.left -= 1;
      const allowed = isHeld || ask(replica, nowMs);
      lastSecond.set(replica, [...(lastSecond.get(replica) ?? []).slice(-200), nowMs]);
      answered.push({ atMs: nowMs, replica, allowed, heldByOthers });
    }
  }
  return answered;
};

const bursts = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.nat(1500), fc.nat(30_000), fc.constantFrom(59_000, 60_000, 61_000)),
    requests: fc.integer({ min: 1, max: 150 }),
    replica: fc.nat(3),
  }),
  { minLength: 1, maxLength: 20 },
);
const aLimit = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 600 }));

describe('several processes', () => {
  it('never let more than the limit through in any 60 seconds', () => {
    fc.assert(
      fc.property(aLimit, bursts, (limit, given) => {
        const times = simulate(limit, given).flatMap(({ allowed, atMs }) => (allowed ? [atMs] : []));
        for (const [index, atMs] of times.entries()) {
          const before = times[index - limit];
          assert.ok(before === undefined || atMs - before >= 60_000, `${limit + 1} from ${before} to ${atMs}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('refuse only when the limit was reached, or the rest is held by others for up to a second', () => {
    let refusals = 0;
    fc.assert(
      fc.property(aLimit, bursts, (limit, given) => {
        const answered = simulate(limit, given);
        for (const { allowed, atMs, heldByOthers } of answered) {
          if (allowed) continue;
          refusals += 1;
          // A request counts until 62 seconds after the beginning of its second at most.
          const counting = answered.filter((one) => one.allowed && one.atMs <= atMs && one.atMs > atMs - 62_000).length;
          assert.ok(counting + heldByOthers >= limit, `${counting} and ${heldByOthers} of ${limit} at ${atMs}`);
        }
      }),
      { numRuns: 100 },
    );
    assert.ok(refusals > 0, 'a check that saw no refusal proves nothing');
  });

  it('let exactly the limit through when it is near, whichever process is asked', () => {
    const few = fc.integer({ min: 1, max: nearLimit });
    fc.assert(
      fc.property(few, fc.array(fc.nat(3), { minLength: 30, maxLength: 60 }), (limit, replicas) => {
        const answered = simulate(
          limit,
          replicas.map((replica) => ({ pauseMs: 10, requests: 1, replica })),
        );
        assert.deepEqual(
          answered.map(({ allowed }) => allowed),
          answered.map((_, index) => index < limit),
        );
      }),
    );
  });

  it('take no share of the last ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(300), fc.nat(300), (limit, used, share) => {
        const counted: readonly RateBucket[] = [{ second: 1000, requests: Math.min(used, limit) }];
        const grant = grantRequests(counted, { limit, second: 1000, waiting: 1, share });
        const left = limit - requestsIn(windowAt(grant.buckets, 1000));
        assert.ok(grant.share === 0 || left >= nearLimit, `${grant.share} taken, ${left} left of ${limit}`);
      }),
    );
  });
});
