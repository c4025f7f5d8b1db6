/**
 * Timers of kafkajs 2.2.4 that wake a process which has nothing to do, replaced by ones that rest when there is nothing to wait for:
 *
 * * On every connection that does nothing it arms one that arms itself again after a millisecond, for ever; its delay is
 *   negative, which Node warns of (TimeoutNegativeWarning). Idle, that is a few percent of a core per process.
 * * Ten times a second it looks on every connection whether a request was not answered in time. A process with sixteen
 *   groups has thirty-three connections. Here it is looked when the first of them would be late.
 */
import { createRequire } from 'node:module';

type SocketRequest = {
  readonly correlationId: number;
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
};

type RequestQueue = {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  requestTimeoutIntervalId?: NodeJS.Timeout | undefined;
  readonly enforceRequestTimeout: boolean;
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, SocketRequest>;
  isConnected(): boolean;
  destroy(): void;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
  sendSocketRequest(request: SocketRequest): void;
};

const checkEveryMs = 10;

const schedulePending = function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null) return;
  let delayMs = this.throttledUntil - Date.now();
  if (delayMs <= 0) {
    if (this.pending.length === 0) return;
    delayMs = checkEveryMs;
  }
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delayMs);
};

/** When the timer of a queue is due, in the time of `Date.now`. */
const dueAtMs = new WeakMap<RequestQueue, number>();

const lateAtMs = ({ sentAt, requestTimeout }: SocketRequest): number => sentAt + requestTimeout + 1;

const lookAt = (queue: RequestQueue, atMs: number): void => {
  clearTimeout(queue.requestTimeoutIntervalId);
  dueAtMs.set(queue, atMs);
  queue.requestTimeoutIntervalId = setTimeout(() => look(queue), Math.max(1, atMs - Date.now()));
};

const look = (queue: RequestQueue): void => {
  dueAtMs.delete(queue);
  const nowMs = Date.now();
  for (const request of [...queue.inflight.values()]) if (lateAtMs(request) <= nowMs) request.timeoutRequest();
  lookAtFirst(queue);
};

const lookAtFirst = (queue: RequestQueue): void => {
  if (!queue.enforceRequestTimeout || !queue.isConnected() || queue.inflight.size === 0) return;
  lookAt(queue, Math.min(...[...queue.inflight.values()].map(lateAtMs)));
};

/** Takes effect for every client of this process. Applying it twice changes nothing. */
export const patchRequestQueue = (): void => {
  // The module has no types; its shape is that of the pinned version, and a test looks at what the patch is for.
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    readonly prototype: RequestQueue;
  };
  if (prototype.scheduleCheckPendingRequests === schedulePending) return;
  prototype.scheduleCheckPendingRequests = schedulePending;
  const { destroy, sendSocketRequest } = prototype;
  prototype.destroy = function (this: RequestQueue): void {
    dueAtMs.delete(this);
    destroy.call(this);
  };
  // Called at every connection, when requests may be under way already.
  prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue): void {
    this.destroy();
    lookAtFirst(this);
  };
  prototype.sendSocketRequest = function (this: RequestQueue, request: SocketRequest): void {
    sendSocketRequest.call(this, request);
    // One that is asked to wait for something may be late long after one that was sent behind it.
    const isAwaited = this.enforceRequestTimeout && this.inflight.has(request.correlationId);
    if (isAwaited && lateAtMs(request) < (dueAtMs.get(this) ?? Number.POSITIVE_INFINITY))
      lookAt(this, lateAtMs(request));
  };
};
