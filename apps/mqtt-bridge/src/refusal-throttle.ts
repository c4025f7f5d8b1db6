/**
 * Which refused clients are reported when: each at once, then once a minute with how often it was refused, and all together only so
 * many a second; what is too much for a second waits for the next. Memory is bounded, for anybody can come with any client id.
 */

/** A client that did not sign in as a node. */
export type Refusal = {
  readonly clientId: string;
  /** What it said that it is. */
  readonly nodeId?: string | undefined;
  readonly code: string;
  readonly why: string;
  /** It was let in all the same. */
  readonly admitted: boolean;
};

/** The last refusal of a client, and how many there were since one was reported. */
export type CountedRefusal = { readonly last: Refusal; readonly atUs: number; readonly count: number };

export type RefusalLimits = {
  /** How long a client that was reported is not reported again. */
  readonly restMs: number;
  /** Clients that are known at a time; beyond them the oldest leave. */
  readonly clientsMax: number;
  readonly reportsPerSecond: number;
};

export const defaultRefusalLimits: RefusalLimits = { restMs: 60_000, clientsMax: 10_000, reportsPerSecond: 100 };

export type RefusalThrottle = {
  add(refusal: Refusal, atUs: number): void;
  /** What is to be reported now, those that have waited longest first. */
  take(nowMs: number): readonly CountedRefusal[];
  /** Everything that was not reported, at the end. */
  takeAll(): readonly CountedRefusal[];
  /** When `take` may have more without another `add`; `undefined`: never. */
  nextMs(): number | undefined;
  /** Refusals of clients that left before they were reported. */
  unreported(): number;
};

/** A client that was reported, and what it was refused since. */
type Resting = { readonly untilMs: number; since: CountedRefusal | undefined };

export const refusalThrottle = ({ restMs, clientsMax, reportsPerSecond }: RefusalLimits): RefusalThrottle => {
  // Maps keep the order of insertion: who was reported, or began to wait, the longest ago comes first.
  const resting = new Map<string, Resting>();
  const waiting = new Map<string, CountedRefusal>();
  let second = { sinceMs: Number.NEGATIVE_INFINITY, reports: 0 };
  let unreported = 0;

  /** Those that were reported already leave first. */
  const leave = (): void => {
    for (const [oldest, { since }] of resting) {
      resting.delete(oldest);
      unreported += since?.count ?? 0;
      return;
    }
    for (const [oldest, { count }] of waiting) {
      waiting.delete(oldest);
      unreported += count;
      return;
    }
  };
  const wake = (nowMs: number): void => {
    for (const [clientId, { untilMs, since }] of resting) {
      if (untilMs > nowMs) return;
      resting.delete(clientId);
      if (since !== undefined) waiting.set(clientId, since);
    }
  };

  return {
    add: (refusal, atUs) => {
      const { clientId } = refusal;
      const rest = resting.get(clientId);
      if (rest === undefined) waiting.set(clientId, counted(waiting.get(clientId), refusal, atUs));
      else rest.since = counted(rest.since, refusal, atUs);
      if (resting.size + waiting.size > clientsMax) leave();
    },
    take: (nowMs) => {
      wake(nowMs);
      if (nowMs - second.sinceMs >= 1000) second = { sinceMs: nowMs, reports: 0 };
      const taken: CountedRefusal[] = [];
      for (const [clientId, refusal] of waiting) {
        if (second.reports >= reportsPerSecond) break;
        second.reports += 1;
        waiting.delete(clientId);
        resting.set(clientId, { untilMs: nowMs + restMs, since: undefined });
        taken.push(refusal);
      }
      return taken;
    },
    takeAll: () => {
      const all = [...waiting.values(), ...[...resting.values()].flatMap(({ since }) => since ?? [])];
      waiting.clear();
      resting.clear();
      return all;
    },
    nextMs: () => {
      if (waiting.size > 0) return second.sinceMs + 1000;
      for (const { untilMs } of resting.values()) return untilMs;
      return undefined;
    },
    unreported: () => unreported,
  };
};

const counted = (before: CountedRefusal | undefined, last: Refusal, atUs: number): CountedRefusal => ({
  ...{ last, atUs },
  count: (before?.count ?? 0) + 1,
});
