import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sessionLease } from './session-lease.ts';

const never = new AbortController().signal;

it('is held by who has the session, from when it is open until it is not', async () => {
  const session = sessionLease();
  session.became('connecting');
  const waiting = session.leases.acquire('any', never);
  session.became('open');
  const lease = (await waiting) ?? assert.fail('nobody has stopped');
  session.became('open');
  assert.deepEqual([lease.isHeld(), lease.lost.aborted, lease.epoch], [true, false, 1n]);
  session.became('standing-by');
  assert.deepEqual([lease.isHeld(), lease.lost.aborted], [false, true]);
  const next = session.leases.acquire('any', never);
  session.became('open');
  assert.deepEqual([(await next)?.epoch, lease.isHeld()], [2n, false]);
});

it('is had at once where the session is open, and given back by itself', async () => {
  const session = sessionLease();
  session.became('open');
  const lease = (await session.leases.acquire('any', never)) ?? assert.fail('the session is open');
  await lease.release();
  assert.deepEqual([lease.isHeld(), lease.lost.aborted], [false, false]);
});

it('is waited for until that is stopped', async () => {
  const session = sessionLease();
  const stopping = new AbortController();
  const waiting = session.leases.acquire('any', stopping.signal);
  stopping.abort();
  assert.equal(await waiting, undefined);
});
