import assert from 'node:assert/strict';
import { it } from 'node:test';
import { beforeDeadline } from './deadline.ts';
import { TransientFailure } from './errors.ts';

/** A timer that a test lets ring. */
const handTimer = () => {
  const set = new Set<() => void>();
  return {
    after: (_: number, task: () => void) => {
      set.add(task);
      return () => void set.delete(task);
    },
    ring: () => {
      for (const task of set) task();
    },
    isSet: () => set.size > 0,
  };
};

it('is what the work comes to, and leaves no timer behind', async () => {
  const timer = handTimer();
  assert.equal(await beforeDeadline(Promise.resolve('done'), 1_000, timer), 'done');
  await assert.rejects(beforeDeadline(Promise.reject(new Error('broken')), 1_000, timer), /broken/);
  assert.equal(timer.isSet(), false);
});

it('is a transient failure when the work takes longer', async () => {
  const timer = handTimer();
  const late = beforeDeadline(new Promise(() => undefined), 1_000, timer);
  timer.ring();
  await assert.rejects(late, (error) => error instanceof TransientFailure && error.code === 'late');
});
