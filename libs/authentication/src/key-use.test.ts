import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiKeyUsed, apiKey } from '@plenum/access';
import { isEvent } from '@plenum/event';
import { TransientFailure } from '@plenum/runtime';
import { manualTimer, silentLogger } from '@plenum/runtime/testing';
import type { Handle } from './handled.ts';
import { keyUse } from './key-use.ts';

const minuteMs = 60_000;

const world = () => {
  const timer = manualTimer();
  const told: number[] = [];
  const known = new Set<string>();
  let away = false;
  let lost = false;
  const receipt = { outcome: 'done', id: 'k_1', stream: 'key-k_1', version: 2 } as const;
  const handle: Handle = async (command, { id }) => {
    if (away) throw new TransientFailure('08006', 'gone');
    if (known.has(id)) return { ...receipt, how: 'known' };
    known.add(id);
    const state = { keyId: 'k_1', standing: 'active', fields: {} };
    const decided = apiKey.decide(state as never, command.data as never); // The command's own decider, and a key that is there.
    assert.ok(decided.outcome === 'decided');
    for (const event of decided.events) if (isEvent(ApiKeyUsed, event)) told.push(event.data.count);
    if (lost) throw new TransientFailure('08006', 'gone before it said that it is recorded');
    return { ...receipt, how: 'recorded' };
  };
  const clock = { nowUs: () => timer.nowMs() * 1000 };
  let drawn = 0;
  const random = { bytes16: () => new Uint8Array(16).fill((drawn += 1)) };
  const use = keyUse({ handle, clock, random, timer, logger: silentLogger });
  const setAway = (value: boolean): void => {
    away = value;
  };
  const setLost = (value: boolean): void => {
    lost = value;
  };
  return { timer, told, use, setAway, setLost };
};

describe('the use of a key', () => {
  it('is reported after a minute, and never more often', async () => {
    const { timer, told, use } = world();
    for (let times = 0; times < 7; times += 1) use.note('k_1');
    await timer.advance(minuteMs - 1);
    assert.deepEqual(told, []);
    await timer.advance(10_000);
    assert.deepEqual(told, [7]);
    for (let second = 0; second < 6 * 3600; second += 10) {
      use.note('k_1');
      await timer.advance(10_000);
    }
    assert.ok(told.length < 15, `a busy key is reported ${told.length} times in six hours`);
    await use.close();
    assert.equal(
      told.reduce((sum, count) => sum + count, 0),
      7 + 6 * 360,
    );
  });

  it('is reported later when nothing can be recorded, and not reported twice', async () => {
    const { timer, told, use, setAway } = world();
    use.note('k_1');
    setAway(true);
    await timer.advance(2 * minuteMs);
    setAway(false);
    use.note('k_1');
    await use.close();
    assert.deepEqual(told, [1, 1]);
  });

  it('counts once when it was recorded and that answer was lost', async () => {
    const { timer, told, use, setLost } = world();
    use.note('k_1');
    setLost(true);
    await timer.advance(2 * minuteMs);
    assert.deepEqual(told, [1]);
    setLost(false);
    use.note('k_1');
    await use.close();
    assert.deepEqual(told, [1, 1]);
  });
});
