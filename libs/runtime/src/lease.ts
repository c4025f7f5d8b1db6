/**
 * The right to be the only one of several processes that does something: it is given for a few seconds, renewed while
 * its holder lives, and free for the next when it is not. A lease keeps two from working at once; it is never all that
 * correctness stands on, because nobody can stop a process between a look at its lease and what it does next.
 */
import { TransientFailure } from './errors.ts';
import type { Logger } from './ports.ts';
import { systemTimer, type Timer } from './timer.ts';

/** Where leases are kept: one row per name, judged by one clock. Every implementation passes `leaseContract`. */
export type LeaseStore = {
  /**
   * Gives `name` to `holder` for `ttlMs` when nobody else has it or its time is over.
   * @throws TransientFailure when the store is away; whether it was taken is then unknown.
   */
  take(name: string, holder: string, ttlMs: number): Promise<Taken>;
  /** `ttlMs` from now on, for who still holds it: `false` when somebody else has it or nobody. @throws TransientFailure */
  renew(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Free for the next at once, if it is still `holder`'s. @throws TransientFailure */
  release(name: string, holder: string): Promise<void>;
  /**
   * Calls back, until the returned call, when the store has lost touch with this process: it may give to others at once
   * what was given here. A store without it gives nothing to others before its time is over.
   */
  onLost?(listener: () => void): () => void;
};

export type Taken =
  /** `epoch` grows with every new holder of the name. */
  | { readonly outcome: 'taken'; readonly epoch: bigint }
  /** Another holder's, for at most so long unless that holder renews it. */
  | { readonly outcome: 'held'; readonly leftMs: number };

export type Leases = {
  /**
   * Waits until nobody holds `name`, then holds it and renews it by itself. `undefined` when `stop` aborts before. An
   * absent store is waited for. Rejects only with what waiting does not cure.
   */
  acquire(name: string, stop: AbortSignal): Promise<Lease | undefined>;
};

export type Lease = {
  readonly epoch: bigint;
  /**
   * Whether it is certainly still ours, by a clock that only runs forward and was read before the store was asked: we
   * think that it ends earlier than the store does. To be looked at before everything that only the holder may do, for
   * a process that was frozen runs on where it stood, and hears of `lost` later than of what came in meanwhile.
   */
  isHeld(): boolean;
  /** Aborts when it could not be renewed in time, or when somebody else has it or may have it. Not by `release`. */
  readonly lost: AbortSignal;
  /** Gives it back, so that the next need not wait until it expires. Never rejects: an absent store lets it expire. */
  release(): Promise<void>;
};

export type LeasesParts = {
  readonly store: LeaseStore;
  /** A name for one holding, used only once. */
  readonly newHolder: () => string;
  readonly logger: Logger;
  readonly timer?: Timer;
  readonly limits?: Partial<LeaseLimits>;
};

export type LeaseLimits = {
  /** How long a lease lasts without being renewed: the longest that nobody works after a holder has died. */
  readonly ttlMs: number;
  readonly renewMs: number;
  /** How often a process that waits looks whether it is free. */
  readonly lookMs: number;
};

export const defaultLeaseLimits: LeaseLimits = { ttlMs: 5000, renewMs: 1000, lookMs: 500 };

export const leases = ({ store, newHolder, logger, timer = systemTimer, ...parts }: LeasesParts): Leases => {
  const limits = { ...defaultLeaseLimits, ...parts.limits };

  /** What waiting cures is `undefined`. */
  const unlessTransient = async <T>(asked: Promise<T>, name: string): Promise<T | undefined> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      logger.warn({ lease: name, code: error.code, reason: error.message }, 'the store of leases is away');
      return undefined;
    }
  };

  return {
    acquire: async (name, stop) => {
      const holder = newHolder();
      let waiting = false;
      while (!stop.aborted) {
        const askedMs = timer.nowMs();
        const taken = await unlessTransient(store.take(name, holder, limits.ttlMs), name);
        if (taken?.outcome === 'taken') {
          const lease = hold({ store, timer, limits, unlessTransient }, { name, holder, epoch: taken.epoch, askedMs });
          if (!stop.aborted && lease.isHeld()) return lease;
          await lease.release(); // It took so long that it is over, or nobody wants it any more.
        } else {
          if (taken !== undefined && !waiting) logger.info({ lease: name }, 'another one holds the lease; waiting');
          waiting = true;
          await pause(timer, Math.min(limits.lookMs, taken?.leftMs ?? limits.lookMs), stop);
        }
      }
      return undefined;
    },
  };
};

type HoldParts = {
  readonly store: LeaseStore;
  readonly timer: Timer;
  readonly limits: LeaseLimits;
  readonly unlessTransient: <T>(asked: Promise<T>, name: string) => Promise<T | undefined>;
};

type Holding = {
  readonly name: string;
  readonly holder: string;
  readonly epoch: bigint;
  /** When the store was asked for what it gave. */
  readonly askedMs: number;
};

const hold = (
  { store, timer, limits, unlessTransient }: HoldParts,
  { name, holder, epoch, askedMs }: Holding,
): Lease => {
  const lost = new AbortController();
  let untilMs = askedMs + limits.ttlMs;
  let released = false;
  let cancelRenewal = (): void => undefined;
  let cancelExpiry = (): void => undefined;
  let forgetStore = (): void => undefined;

  const isHeld = (): boolean => !released && !lost.signal.aborted && timer.nowMs() < untilMs;
  const end = (): void => {
    cancelRenewal();
    cancelExpiry();
    forgetStore();
  };
  const lose = (): void => {
    end();
    if (!released) lost.abort();
  };
  const watch = (): void => {
    cancelExpiry();
    cancelExpiry = timer.after(Math.max(0, untilMs - timer.nowMs()), lose);
  };
  const renew = async (): Promise<void> => {
    // Too late is too late, also when nobody has taken it meanwhile: `isHeld` has said no to somebody.
    if (!isHeld()) return lose();
    const renewAskedMs = timer.nowMs();
    const renewed = await unlessTransient(store.renew(name, holder, limits.ttlMs), name);
    if (released || lost.signal.aborted) return;
    if (renewed === false || !isHeld()) return lose();
    if (renewed) {
      untilMs = renewAskedMs + limits.ttlMs;
      watch();
    }
    schedule();
  };
  const schedule = (): void => {
    cancelRenewal = timer.after(limits.renewMs, () => {
      // Any other error than a transient failure loses the lease too. The next call to the store meets it again.
      renew().catch(lose);
    });
  };
  watch();
  schedule();
  forgetStore = store.onLost?.(lose) ?? forgetStore;

  return {
    epoch,
    isHeld,
    lost: lost.signal,
    release: async () => {
      if (released) return;
      released = true;
      end();
      await unlessTransient(store.release(name, holder), name);
    },
  };
};

const pause = (timer: Timer, delayMs: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      cancel();
      stop.removeEventListener('abort', end);
      resolve();
    };
    const cancel = timer.after(delayMs, end);
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
  });
