import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransientFailure } from './errors.ts';
import { backOff } from './pause.ts';
import { retry, retryUntilStopped } from './retry.ts';

const away = new TransientFailure('08006', 'it is away');

/** Work that fails so often, and then succeeds. */
const failing = (times: number, failure: unknown = away) => {
  let calls = 0;
  return {
    calls: () => calls,
    work: async () => {
      calls += 1;
      if (calls <= times) throw failure;
      return 'done';
    },
  };
};

/** Waits that take no time and are written down, and a log that is. */
const written = () => {
  const delays: number[] = [];
  const lines: string[] = [];
  const at = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  return {
    delays,
    lines,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    pause: async (delayMs: number) => void delays.push(delayMs),
    waiting: 'waiting for it',
    again: 'it is back',
    wait: backOff(100, 300, () => 1),
  };
};

describe('trying again', () => {
  it('waits longer after every transient failure, and says when it begins and ends', async () => {
    const settings = written();
    assert.equal(await retry(failing(4).work, settings), 'done');
    assert.deepEqual(settings.delays, [100, 200, 300, 300]);
    assert.deepEqual(settings.lines, ['warn waiting for it', 'info it is back']);
  });

  it('says it at every wait where that is wanted', async () => {
    const settings = { ...written(), remindMs: 0 };
    await retry(failing(2).work, settings);
    assert.deepEqual(settings.lines, ['warn waiting for it', 'warn waiting for it', 'info it is back']);
  });

  it('waits briefly again after progress', async () => {
    const settings = written();
    let calls = 0;
    await retry(async (progressed) => {
      calls += 1;
      if (calls === 3) progressed();
      if (calls < 5) throw away;
    }, settings);
    assert.deepEqual(settings.delays, [100, 200, 100, 200]);
  });

  it('throws at once what waiting does not cure', async () => {
    const { work, calls } = failing(1, new Error('a bug'));
    await assert.rejects(retry(work, written()), /a bug/);
    assert.equal(calls(), 1);
  });

  it('takes an error for what it is translated to', async () => {
    const settings = { ...written(), translate: () => away };
    assert.equal(await retry(failing(1, new Error('of a driver')).work, settings), 'done');
  });

  it('tries anything again that it is asked to, and says it as an error', async () => {
    const settings = { ...written(), isRetried: () => true };
    assert.equal(await retry(failing(1, new Error('a bug')).work, settings), 'done');
    assert.deepEqual(settings.lines, ['error waiting for it', 'info it is back']);
  });

  it('throws the last failure when the time is over', async () => {
    const { work, calls } = failing(1);
    await assert.rejects(retry(work, { ...written(), forMs: 0 }), away);
    assert.equal(calls(), 1);
  });

  it('ends a wait when it is stopped, and tries no more', async () => {
    const stop = new AbortController();
    const { work, calls } = failing(Number.POSITIVE_INFINITY);
    const settings = { ...written(), stop: stop.signal, pause: async () => stop.abort() };
    await assert.rejects(retry(work, settings), away);
    assert.equal(calls(), 1);
    assert.equal(await retryUntilStopped(work, settings), undefined);
    assert.equal(calls(), 1);
  });
});
