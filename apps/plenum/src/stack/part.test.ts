import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { startPart } from './part.ts';

const never = new AbortController().signal;
const untilStopped = (stop: AbortSignal): Promise<unknown> => (stop.aborted ? Promise.resolve() : once(stop, 'abort'));

describe('a part of the process', () => {
  it('is up when it says so, and ends when it is stopped', async () => {
    const steps: string[] = [];
    const part = await startPart<number>('a part', never, async (stop, up) => {
      up(1883);
      await untilStopped(stop);
      steps.push('drained');
    });
    assert.equal(part.where, 1883);
    await part.stop();
    await part.stop();
    assert.deepEqual(steps, ['drained']);
  });

  it('fails its start with its own reason', async () => {
    const refused = startPart('a part', never, async () => Promise.reject(new Error('the port is taken')));
    await assert.rejects(refused, /the port is taken/);
  });

  it('is stopped when its start is given up', async () => {
    const giveUp = new AbortController();
    let ended = false;
    const starting = startPart('a part', giveUp.signal, async (stop) => {
      giveUp.abort();
      await untilStopped(stop);
      ended = true;
    });
    await assert.rejects(starting, { name: 'AbortError' });
    assert.ok(ended);
  });

  it('reports when it ends or breaks by itself', async () => {
    const ends = await startPart<void>('the bridge', never, async (_, up) => up());
    await assert.rejects(ends.failed, /the bridge ended though nobody asked it to/);
    const breaks = await startPart<void>('the bridge', never, async (_, up) => {
      up();
      throw new Error('broken');
    });
    await assert.rejects(breaks.failed, /broken/);
    await assert.rejects(breaks.stop(), /broken/);
  });
});
