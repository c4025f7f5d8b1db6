import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it, mock } from 'node:test';
import { patchRequestQueue } from './request-queue-patch.ts';

type Queue = {
  throttleCheckTimeoutId: unknown;
  throttledUntil: number;
  pending: unknown[];
  inflight: Map<number, object>;
  sendSocketRequest(request: object): void;
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

type Asked = { readonly correlationId: number; sentAt: number; readonly requestTimeout: number; answer(): void };

/** A queue of a broker that answers when it is told to, and what it gave up. */
const queueOfSilent = () => {
  patchRequestQueue();
  const gaveUp: number[] = [];
  const queue = new RequestQueue({
    ...{ logger, enforceRequestTimeout: true, requestTimeout: 1_000 },
    isConnected: () => true,
  });
  const ask = (correlationId: number, requestTimeout: number): Asked => {
    const request = {
      ...{ correlationId, requestTimeout, sentAt: 0, expectResponse: true },
      send: () => {
        request.sentAt = Date.now();
        queue.inflight.set(correlationId, request);
      },
      timeoutRequest: () => {
        gaveUp.push(correlationId);
        queue.inflight.delete(correlationId);
      },
      answer: () => queue.inflight.delete(correlationId),
    };
    queue.sendSocketRequest(request);
    return request;
  };
  return { queue, ask, gaveUp };
};

it('gives up each request when its own time is over, whichever was sent first', (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const { queue, ask, gaveUp } = queueOfSilent();
  ask(1, 6_000);
  mock.timers.tick(1_000);
  ask(2, 1_000);
  ask(3, 3_000).answer();
  mock.timers.tick(1_000);
  assert.deepEqual(gaveUp, []);
  mock.timers.tick(1);
  assert.deepEqual(gaveUp, [2]);
  mock.timers.tick(3_999);
  assert.deepEqual(gaveUp, [2]);
  mock.timers.tick(1);
  assert.deepEqual(gaveUp, [2, 1]);
  queue.destroy();
});

it('does not look whether a request is late before the first can be', (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  t.after(() => mock.timers.reset());
  const { queue, ask } = queueOfSilent();
  const looks = t.mock.method(queue.inflight, 'values');
  ask(1, 6_000);
  looks.mock.resetCalls();
  mock.timers.tick(5_999);
  assert.equal(looks.mock.callCount(), 0);
  queue.destroy();
});
