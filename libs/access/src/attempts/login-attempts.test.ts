import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Attempts, attempt, failuresMax, noAttempts, succeeded, undecided, windowUs } from './login-attempts.ts';

const second = 1_000_000;
const start = 1_772_615_702 * second;

/** After so many wrong passwords from one network, each as early as it was allowed; and when the next one is. */
const afterFailures = (count: number): { readonly attempts: Attempts; readonly nowUs: number } => {
  let attempts = noAttempts;
  let nowUs = start;
  for (let failure = 0; failure < count; failure += 1) {
    const answer = attempt(attempts, nowUs);
    if (answer.outcome === 'allowed') attempts = answer.attempts;
    else assert.fail(`failure ${failure} was refused`);
    const next = attempt(attempts, nowUs);
    nowUs = next.outcome === 'refused' ? next.retryAtUs : nowUs;
  }
  return { attempts, nowUs };
};

describe('one network', () => {
  const waits: readonly (readonly [failures: number, waitS: number])[] = [
    [0, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [10, 32],
    [14, 512],
    [15, 900],
  ];
  for (const [failures, waitS] of waits) {
    it(`waits ${waitS} s after ${failures} failures`, () => {
      const here = { failures, lastUs: start };
      const answer = attempt({ here, anywhere: noAttempts.anywhere }, start);
      if (waitS === 0) assert.equal(answer.outcome, 'allowed');
      else assert.deepEqual(answer, { outcome: 'refused', why: 'backing-off', retryAtUs: start + waitS * second });
      assert.equal(attempt({ here, anywhere: noAttempts.anywhere }, start + waitS * second).outcome, 'allowed');
    });
  }

  it('is counted before the password is looked at, so guesses at once do not find the count of none', () => {
    let attempts = noAttempts;
    const allowed = Array.from({ length: 100 }, () => {
      const answer = attempt(attempts, start);
      if (answer.outcome === 'allowed') attempts = answer.attempts;
      return answer.outcome;
    }).filter((outcome) => outcome === 'allowed');
    assert.equal(allowed.length, 5);
  });

  it('is forgiven when the password was right', () => {
    const { attempts, nowUs } = afterFailures(7);
    const last = attempt(attempts, nowUs);
    assert.equal(last.outcome, 'allowed');
    if (last.outcome !== 'allowed') return;
    const { here, anywhere } = succeeded(last.attempts, nowUs);
    assert.equal(here.failures, 0);
    assert.equal(anywhere.recentUs.length, 7, 'its own is taken back, the others stay');
  });

  it('is forgotten when it was quiet for a while', () => {
    const here = { failures: 9, lastUs: start };
    const answer = attempt({ here, anywhere: noAttempts.anywhere }, start + windowUs);
    assert.equal(answer.outcome === 'allowed' && answer.attempts.here.failures, 1);
  });
});

describe('a login', () => {
  /** Each from another network. */
  const distributed = (count: number, everyUs: number): Attempts['anywhere'] => {
    let { anywhere } = noAttempts;
    for (let failure = 0; failure < count; failure += 1) {
      const answer = attempt({ here: noAttempts.here, anywhere }, start + failure * everyUs);
      if (answer.outcome === 'allowed') anywhere = answer.attempts.anywhere;
    }
    return anywhere;
  };

  it('is locked by twenty failures, wherever they came from', () => {
    const anywhere = distributed(failuresMax - 1, second);
    const nowUs = start + 20 * second;
    const twentieth = attempt({ here: noAttempts.here, anywhere }, nowUs);
    assert.equal(twentieth.outcome === 'allowed' && twentieth.locksUntilUs, nowUs + windowUs);
    if (twentieth.outcome !== 'allowed') return;
    const after = { here: noAttempts.here, anywhere: twentieth.attempts.anywhere };
    assert.deepEqual(attempt(after, nowUs + 1), { outcome: 'refused', why: 'locked', retryAtUs: nowUs + windowUs });
    const later = attempt(after, nowUs + windowUs);
    assert.equal(later.outcome === 'allowed' && later.locksUntilUs, undefined, 'and then begins anew');
  });

  it('is not locked by failures that are far apart', () => {
    assert.equal(distributed(200, windowUs / 19).lockedUntilUs, 0);
  });

  it('is not locked when the twentieth was right', () => {
    const anywhere = distributed(failuresMax, second);
    const { lockedUntilUs } = succeeded({ here: noAttempts.here, anywhere }, start + 19 * second).anywhere;
    assert.equal(lockedUntilUs, 0);
  });

  it('never has more than twenty passwords looked at in any quarter of an hour, and takes no more space', () => {
    const knock = fc.record({ afterUs: fc.nat(5 * 60 * second), network: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(knock, { maxLength: 150 }), (knocks) => {
        const networks = new Map<number, Attempts['here']>();
        let { anywhere } = noAttempts;
        let nowUs = start;
        const looked: number[] = [];
        for (const { afterUs, network } of knocks) {
          nowUs += afterUs;
          const answer = attempt({ here: networks.get(network) ?? noAttempts.here, anywhere }, nowUs);
          if (answer.outcome === 'refused') {
            assert.ok(answer.retryAtUs > nowUs);
            continue;
          }
          networks.set(network, answer.attempts.here);
          anywhere = answer.attempts.anywhere;
          assert.ok(anywhere.recentUs.length <= failuresMax);
          looked.push(nowUs);
        }
        for (const [index, atUs] of looked.entries()) {
          const before = looked[index - failuresMax];
          assert.ok(before === undefined || atUs - before >= windowUs);
        }
      }),
    );
  });
});

it('takes back the attempt that nobody could judge, and no other', () => {
  const { attempts, nowUs } = afterFailures(7);
  const next = attempt(attempts, nowUs);
  assert.ok(next.outcome === 'allowed');
  const { here, anywhere } = undecided(next.attempts, nowUs);
  assert.deepEqual(here, { failures: 7, lastUs: nowUs });
  assert.deepEqual(anywhere, attempts.anywhere);
});
