/**
 * A provider's keys, kept for a while. What this is for: a request never asks the provider when somebody has just done
 * so, a flood of invented keys costs the provider one question in a while, a key that was taken back is noticed, and a
 * provider that is away stops nobody whose key is known.
 */
import { type Logger, type Timer, TransientFailure } from '@plenum/runtime';
import { fetchKeys, fetchKeysUrl, type PublishedKeys } from './provider-documents.ts';

export type ProviderKeys = {
  /** Keys that were published within the time to live, or known ones while the provider is away. */
  current(): Promise<PublishedKeys | undefined>;
  /** For a token whose key is not among `seen`. */
  newerThan(seen: PublishedKeys): Promise<Newer>;
  /** Seconds until the provider is asked again, at least 1. */
  retryAfterS(): number;
};

export type Newer =
  | { readonly outcome: 'newer'; readonly keys: PublishedKeys }
  /** The provider was asked just now and did not have it. */
  | { readonly outcome: 'none' }
  /** It does not answer, so nobody knows. */
  | { readonly outcome: 'away' };

export type ProviderKeysLimits = {
  /** A key that the provider takes back is not believed for longer than this. Asked for again at half of it. */
  readonly ttlMs: number;
  /** Where the keys are is asked this rarely, and after every failure. */
  readonly discoveryTtlMs: number;
  /** At most one question in this time because of keys that we do not know. */
  readonly unknownKeyMs: number;
  /** How long after a failure the provider is asked again. */
  readonly retryMs: number;
  /** How long known keys go on while the provider is away. */
  readonly staleMaxMs: number;
  readonly timeoutMs: number;
};

export const defaultProviderKeysLimits: ProviderKeysLimits = {
  ttlMs: 5 * 60_000,
  discoveryTtlMs: 60 * 60_000,
  unknownKeyMs: 10_000,
  retryMs: 5_000,
  staleMaxMs: 24 * 60 * 60_000,
  timeoutMs: 3_000,
};

export type ProviderKeysParts = {
  readonly issuer: string;
  readonly logger: Logger;
  readonly timer: Pick<Timer, 'nowMs'>;
  readonly limits: ProviderKeysLimits;
};

export const providerKeys = ({ issuer, logger, timer, limits }: ProviderKeysParts): ProviderKeys => {
  let loaded: { readonly keys: PublishedKeys; readonly atMs: number } | undefined;
  let found: { readonly url: string; readonly atMs: number } | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  let failing = false;
  let asking: Promise<void> | undefined;

  const keysUrl = async (): Promise<string> => {
    if (found !== undefined && askedMs - found.atMs < limits.discoveryTtlMs) return found.url;
    const url = await fetchKeysUrl(issuer, limits.timeoutMs);
    found = { url, atMs: askedMs };
    return url;
  };
  /** Never rejects for TransientFailure, which is what the outside may do to us. */
  const load = async (): Promise<void> => {
    askedMs = timer.nowMs();
    try {
      const keys = await fetchKeys(await keysUrl(), limits.timeoutMs);
      // The same keys stay the same object, so that what was verified with them stays verified.
      loaded = { keys: keys.content === loaded?.keys.content ? loaded.keys : keys, atMs: askedMs };
      if (failing) logger.info({ issuer }, 'the identity provider answers again');
      failing = false;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      if (!failing) logger.warn({ issuer, reason: error.message }, 'the identity provider is away');
      failing = true;
      found = undefined;
    }
  };
  /** One question at a time, which everybody who needs the answer waits for. */
  const ask = (): Promise<void> => {
    asking ??= load().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const sinceAskedMs = (): number => timer.nowMs() - askedMs;
  const mayAsk = (): boolean => asking !== undefined || !failing || sinceAskedMs() >= limits.retryMs;
  const known = (): PublishedKeys | undefined =>
    loaded !== undefined && timer.nowMs() - loaded.atMs < limits.staleMaxMs ? loaded.keys : undefined;
  const tellBug = (error: unknown): void => logger.error({ issuer, error: String(error) }, 'asking for keys failed');

  return {
    current: async () => {
      const ageMs = loaded === undefined ? Number.POSITIVE_INFINITY : timer.nowMs() - loaded.atMs;
      if (ageMs < limits.ttlMs / 2 || !mayAsk()) return known();
      // Once the provider is known to be away, a token with a known key need not wait for it to be so again.
      const goesOn = known() !== undefined && (ageMs < limits.ttlMs || failing);
      if (goesOn) ask().catch(tellBug);
      else await ask();
      return known();
    },
    newerThan: async (seen) => {
      if (loaded?.keys === seen || loaded === undefined) {
        const bounded = sinceAskedMs() < (failing ? limits.retryMs : limits.unknownKeyMs);
        if (asking !== undefined || !bounded) await ask();
      }
      const keys = known();
      if (keys !== undefined && keys !== seen) return { outcome: 'newer', keys };
      return { outcome: failing ? 'away' : 'none' };
    },
    retryAfterS: () => Math.max(1, Math.ceil((limits.retryMs - sinceAskedMs()) / 1000)),
  };
};
