import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it, mock } from 'node:test';
import { patchRequestQueue } from './request-queue-patch.ts';

type Queue = {
  throttleCheckTimeoutId: unknown;
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests(): void;
  destroy(): void;
};

const require = createRequire(import.meta.url);
// Without types, as the patch itself meets it.
const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue;
const logger = { debug: () => {}, warn: () => {} };

it('leaves no timer on a connection with nothing to do, as kafkajs does', () => {
  const stock = new RequestQueue({ logger });
  stock.checkPendingRequests();
  assert.notEqual(stock.throttleCheckTimeoutId, null);
  stock.destroy();

  patchRequestQueue();
  const queue = new RequestQueue({ logger });
  queue.checkPendingRequests();
  assert.equal(queue.throttleCheckTimeoutId, null);
});

it('looks again when a throttled broker may be asked again', (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  patchRequestQueue();
  const queue = new RequestQueue({ logger });
  let sent = 0;
  queue.throttledUntil = Date.now() + 500;
  queue.pending.push({ send: () => (sent += 1), expectResponse: true });
  queue.checkPendingRequests();
  mock.timers.tick(499);
  assert.equal(sent, 0);
  mock.timers.tick(1);
  assert.equal(sent, 1);
  assert.equal(queue.throttleCheckTimeoutId, null);
});
