import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aborted } from '@plenum/runtime';
import { besideOutboxRelay } from './outbox-relay.ts';

describe('the outbox relay beside the API', () => {
  it('ends after the work', async () => {
    const order: string[] = [];
    const relay = async (stop: AbortSignal): Promise<void> => {
      await aborted(stop);
      order.push('relay');
    };
    await besideOutboxRelay({ relay }, async (broken) => {
      assert.equal(broken.aborted, false);
      order.push('work');
    });
    assert.deepEqual(order, ['work', 'relay']);
  });

  it('ends the work when it cannot go on, and says why', async () => {
    const relay = async (): Promise<void> => {
      throw new Error('the log is truncated');
    };
    await assert.rejects(besideOutboxRelay({ relay }, aborted), /the log is truncated/);
  });

  it('ends when the work fails', async () => {
    const relay = (stop: AbortSignal): Promise<void> => aborted(stop);
    const work = async (): Promise<void> => {
      throw new Error('the port is taken');
    };
    await assert.rejects(besideOutboxRelay({ relay }, work), /the port is taken/);
    await assert.rejects(besideOutboxRelay(undefined, work), /the port is taken/);
  });
});
