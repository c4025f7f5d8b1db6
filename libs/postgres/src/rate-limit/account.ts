/** What one process knows of one identity: what it took in advance, and who waits for an answer. */
import { type RateAnswer, type RateBucket, requestsIn, resetInS, roomInS, shareFor } from '@plenum/runtime';

export type Account = {
  readonly identity: string;
  limit: number;
  readonly shares: Share[];
  /** What is over of shares that are over, to be given back. */
  readonly unspent: Unspent[];
  readonly waiting: PromiseWithResolvers<RateAnswer>[];
  /** Beside the shares, when the database was last asked. */
  free: number;
  resetAtMs: number;
  /** Until then nothing that this process could ask would be answered otherwise. */
  refusal: { readonly untilMs: number; readonly roomAtMs: number } | undefined;
  /** No share is asked for before. */
  noShareBeforeMs: number;
  count: { startedMs: number; requests: number; before: number };
};

type Share = { readonly second: number; readonly untilMs: number; left: number };
type Unspent = { readonly second: number; readonly requests: number };

export const newAccount = (identity: string, nowMs: number): Account => ({
  identity,
  limit: 0,
  shares: [],
  unspent: [],
  waiting: [],
  free: 0,
  resetAtMs: nowMs,
  refusal: undefined,
  noShareBeforeMs: nowMs,
  count: { startedMs: nowMs, requests: 0, before: 0 },
});

/** Notes that a request came, for how much to take in advance. */
export const noteRequest = ({ count }: Account, nowMs: number): void => {
  const passedMs = nowMs - count.startedMs;
  if (passedMs >= 1000) {
    count.before = passedMs < 2000 ? count.requests : 0;
    count.requests = 0;
    count.startedMs = nowMs;
  }
  count.requests += 1;
};

/** The answer to one more request where none has to be asked for, else `undefined`. */
export const answerHere = (account: Account, limit: number, nowMs: number): RateAnswer | undefined => {
  // What was taken was taken under another limit.
  if (limit !== account.limit) return undefined;
  const { refusal } = account;
  if (refusal !== undefined && nowMs < refusal.untilMs) {
    return refusedAt(account, refusal.roomAtMs, nowMs);
  }
  // Who waits was here before.
  if (account.waiting.length > 0) return undefined;
  const share = account.shares.find(({ untilMs, left }) => left > 0 && nowMs < untilMs);
  if (share === undefined) return undefined;
  share.left -= 1;
  return allowed(account, nowMs);
};

const allowed = (account: Account, nowMs: number): RateAnswer => ({
  allowed: true,
  limit: account.limit,
  remaining: account.free + leftAt(account, nowMs),
  resetS: secondsTo(account.resetAtMs, nowMs),
});

const refusedAt = (account: Account, roomAtMs: number, nowMs: number): RateAnswer => ({
  allowed: false,
  limit: account.limit,
  remaining: 0,
  resetS: secondsTo(account.resetAtMs, nowMs),
  retryAfterS: Math.max(1, secondsTo(roomAtMs, nowMs)),
});

/** What of the shares can still be spent at a moment. */
const leftAt = ({ shares }: Account, atMs: number): number =>
  shares.reduce((sum, { untilMs, left }) => sum + (atMs < untilMs ? left : 0), 0);

const secondsTo = (atMs: number, nowMs: number): number => Math.max(0, Math.ceil((atMs - nowMs) / 1000));

/** A share is asked for while the former one still lasts so long, so that nobody has to wait. */
const aheadMs = 500;
/** Who asks less often than this in a second takes nothing in advance. */
const oftenEnough = 3;

/** How many to take in advance now. */
export const shareWanted = (account: Account, nowMs: number): number => {
  const lastSecond = requestsLately(account, nowMs);
  if (lastSecond < oftenEnough || nowMs < account.noShareBeforeMs) return 0;
  const wanted = shareFor(lastSecond, account.limit);
  const left = leftAt(account, nowMs + aheadMs);
  return left * 2 > wanted ? 0 : wanted - left;
};

/** In about the last second. */
const requestsLately = ({ count }: Account, nowMs: number): number => {
  const passedMs = nowMs - count.startedMs;
  if (passedMs >= 2000) return 0;
  return passedMs < 1000 ? Math.max(count.requests, count.before) : count.requests;
};

/** Puts what is left of shares that are over, or of all, among what is to be given back. */
export const settleShares = (account: Account, nowMs: number): void => {
  for (let index = account.shares.length - 1; index >= 0; index -= 1) {
    const share = account.shares[index];
    if (share === undefined || nowMs < share.untilMs) continue;
    account.shares.splice(index, 1);
    if (share.left > 0) addUnspent(account.unspent, share);
  }
};

const addUnspent = (unspent: Unspent[], { second, left }: Share): void => {
  const same = unspent.findIndex((other) => other.second === second);
  const requests = left + (unspent[same]?.requests ?? 0);
  if (same >= 0) unspent.splice(same, 1);
  unspent.push({ second, requests });
};

export type Granted = {
  readonly granted: number;
  readonly shared: number;
  /** The database's time, in seconds with their parts, and what it counts for this identity. */
  readonly atS: number;
  readonly buckets: readonly RateBucket[];
};

/** How long a refusal is remembered, so that a flood of refused requests is not one of questions. */
const refusalMs = 250;

export type Asked = {
  readonly atMs: number;
  readonly answeredMs: number;
  /** How many were to be taken in advance. */
  readonly share: number;
  readonly waited: readonly PromiseWithResolvers<RateAnswer>[];
};

/** Takes in what the database said, and answers those that waited for it. */
export const takeIn = (account: Account, { granted, shared, atS, buckets }: Granted, asked: Asked): void => {
  const { atMs, answeredMs, waited } = asked;
  const second = Math.floor(atS);
  // By our clock from before the question, so that everything is over here before it is over there.
  const nextSecondMs = atMs + (second + 1 - atS) * 1000;
  if (shared > 0) account.shares.push({ second: second + 1, untilMs: nextSecondMs + 1000, left: shared });
  account.noShareBeforeMs = shared < asked.share ? atMs + refusalMs : 0;
  account.free = Math.max(0, account.limit - requestsIn(buckets));
  account.resetAtMs = atMs + resetInS(buckets, second) * 1000;
  const roomAtMs = atMs + roomInS(buckets, account.limit, second) * 1000;
  const refused = waited.length > granted;
  account.refusal = refused ? { untilMs: Math.min(atMs + refusalMs, nextSecondMs), roomAtMs } : undefined;
  for (const [index, one] of waited.entries()) {
    if (index >= granted) {
      one.resolve(refusedAt(account, roomAtMs, answeredMs));
    } else {
      // In the order in which they came, each with what was left behind it.
      const answer = allowed(account, answeredMs);
      one.resolve({ ...answer, remaining: answer.remaining + granted - index - 1 });
    }
  }
};
