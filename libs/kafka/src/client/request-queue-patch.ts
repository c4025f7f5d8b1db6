/**
 * kafkajs 2.2.4 arms a timer on every connection that does nothing and arms itself again after a millisecond, for ever;
 * its delay is negative, which Node warns of (TimeoutNegativeWarning). Idle, that is a few percent of a core per
 * process. Here its scheduling method is replaced by one that does the same work and rests when there is none.
 */
import { createRequire } from 'node:module';

type RequestQueue = {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
};

const checkEveryMs = 10;

const patched = function scheduleCheckPendingRequests(this: RequestQueue): void {
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

/** Takes effect for every client of this process. Applying it twice changes nothing. */
export const patchRequestQueue = (): void => {
  // The module has no types; its shape is that of the pinned version, and a test looks at what the patch is for.
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    readonly prototype: RequestQueue;
  };
  RequestQueue.prototype.scheduleCheckPendingRequests = patched;
};
