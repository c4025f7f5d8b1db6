import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CountedRefusal, defaultRefusalLimits, type Refusal, refusalThrottle } from './refusal-throttle.ts';

const minute = 60_000;
const of = (clientId: string, code = 'unknown-node'): Refusal => ({ clientId, code, why: 'why', admitted: false });
const said = (taken: readonly CountedRefusal[]) => taken.map(({ last, count }) => `${last.clientId} ${count}`);
const throttling = (differing: Partial<typeof defaultRefusalLimits> = {}) =>
  refusalThrottle({ ...defaultRefusalLimits, ...differing });

describe('refusalThrottle', () => {
  it('gives a client at once, then once a minute with the last refusal and the count', () => {
    const throttle = throttling();
    throttle.add(of('a'), 1);
    assert.deepEqual(said(throttle.take(0)), ['a 1']);
    throttle.add(of('a'), 2);
    throttle.add(of('a', 'disabled'), 3);
    assert.deepEqual(throttle.take(minute - 1), []);
    assert.equal(throttle.nextMs(), minute);
    assert.deepEqual(throttle.take(minute), [{ last: of('a', 'disabled'), atUs: 3, count: 2 }]);
    assert.deepEqual(throttle.take(2 * minute), [], 'it did not come again, and is forgotten');
    assert.equal(throttle.nextMs(), undefined);
    throttle.add(of('a'), 4);
    assert.deepEqual(said(throttle.take(2 * minute + 1)), ['a 1']);
  });

  it('gives so many a second, those that waited longest first', () => {
    const throttle = throttling({ reportsPerSecond: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) throttle.add(of(id), 1);
    assert.deepEqual(said(throttle.take(0)), ['a 1', 'b 1']);
    throttle.add(of('d'), 2);
    assert.deepEqual(throttle.take(999), []);
    assert.equal(throttle.nextMs(), 1_000);
    assert.deepEqual(said(throttle.take(1_000)), ['c 1', 'd 2']);
    assert.deepEqual(said(throttle.take(2_000)), ['e 1']);
    assert.equal(throttle.unreported(), 0);
  });

  it('knows so many clients: of those that were reported the oldest leave, then of those that were not', () => {
    const throttle = throttling({ clientsMax: 3, reportsPerSecond: 1 });
    throttle.add(of('a'), 1);
    assert.deepEqual(said(throttle.take(0)), ['a 1']);
    throttle.add(of('a'), 2);
    throttle.add(of('b'), 2);
    throttle.add(of('c'), 2);
    assert.equal(throttle.unreported(), 0);
    throttle.add(of('d'), 2);
    assert.equal(throttle.unreported(), 1, 'what a was refused since');
    throttle.add(of('b'), 3);
    throttle.add(of('e'), 3);
    assert.equal(throttle.unreported(), 3, 'b, twice');
    assert.deepEqual(said(throttle.takeAll()), ['c 1', 'd 1', 'e 1']);
  });

  it('gives at the end what was not reported, and nothing twice', () => {
    const throttle = throttling({ reportsPerSecond: 2 });
    for (const id of ['a', 'b', 'c']) throttle.add(of(id), 1);
    assert.deepEqual(said(throttle.take(0)), ['a 1', 'b 1']);
    throttle.add(of('a'), 2);
    assert.deepEqual(said(throttle.takeAll()), ['c 1', 'a 1']);
    assert.deepEqual(throttle.takeAll(), []);
  });

  it('counts every refusal once, whatever comes when', () => {
    const step = fc.record({ client: fc.integer({ min: 0, max: 9 }), waitMs: fc.constantFrom(0, 10, 1_000, 61_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, clientsMax) => {
        const throttle = throttling({ clientsMax, reportsPerSecond: 3 });
        let [nowMs, counted] = [0, 0];
        for (const { client, waitMs } of steps) {
          nowMs += waitMs;
          throttle.add(of(`c${client}`), nowMs * 1000);
          const taken = throttle.take(nowMs);
          assert.ok(taken.length <= 3);
          for (const { count } of taken) counted += count;
        }
        for (const { count } of throttle.takeAll()) counted += count;
        assert.equal(counted + throttle.unreported(), steps.length);
      }),
    );
  });
});
