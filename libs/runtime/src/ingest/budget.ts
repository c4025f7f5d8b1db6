import type { BudgetLimits } from './limits.ts';

/** What each client may still have kept of its unreadable messages. */
export type Budget = {
  /** Takes one message of this size out of a client's budget; `false`, and nothing taken, when it is used up. */
  spend(clientId: string, sizeBytes: number): boolean;
};

type Bucket = { messages: number; bytes: number; atMs: number };

/** A token bucket per client id, counted in messages and in bytes. */
export const quarantineBudget = (limits: BudgetLimits, nowMs: () => number): Budget => {
  const buckets = new Map<string, Bucket>();
  return {
    spend: (clientId, sizeBytes) => {
      const now = nowMs();
      const bucket = buckets.get(clientId) ?? { messages: limits.messages, bytes: limits.bytes, atMs: now };
      refill(bucket, limits, now);
      if (!buckets.has(clientId)) {
        if (buckets.size >= clientsMax) forgetFull(buckets, limits, now);
        buckets.set(clientId, bucket);
      }
      if (bucket.messages < 1 || bucket.bytes < sizeBytes) return false;
      bucket.messages -= 1;
      bucket.bytes -= sizeBytes;
      return true;
    },
  };
};

/** Bounds the table: client ids are free to invent. */
const clientsMax = 10_000;

const refill = (bucket: Bucket, limits: BudgetLimits, now: number): void => {
  const seconds = (now - bucket.atMs) / 1000;
  bucket.messages = Math.min(limits.messages, bucket.messages + seconds * limits.messagesPerSecond);
  bucket.bytes = Math.min(limits.bytes, bucket.bytes + seconds * limits.bytesPerSecond);
  bucket.atMs = now;
};

/** A full bucket says nothing. If all of them say something, the one that was made first goes. */
const forgetFull = (buckets: Map<string, Bucket>, limits: BudgetLimits, now: number): void => {
  for (const [clientId, bucket] of buckets) {
    refill(bucket, limits, now);
    if (bucket.messages === limits.messages && bucket.bytes === limits.bytes) buckets.delete(clientId);
  }
  const [first] = buckets.keys();
  if (buckets.size >= clientsMax && first !== undefined) buckets.delete(first);
};
