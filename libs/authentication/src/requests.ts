/** Requests that come with a key, to be asked again with it: carried out once, and nothing else under the same key. */
import { createHash } from 'node:crypto';
import type { RequestDigests } from '@plenum/credentials';
import { type Actor, actorName, type KeyedRequest } from '@plenum/event';
import { type EventStore, type Hold, type Holds, TransientFailure } from '@plenum/runtime';

export type Requests = {
  /** Asked before anything is done. @throws TransientFailure */
  begin(asked: RequestAsked): Promise<RequestBegun>;
};

export type RequestAsked = {
  /** A key counts for the identity that gave it: another may have the same. */
  readonly actor: Actor;
  readonly key: string;
  /** All that distinguishes this request from another. */
  readonly text: string;
  /** There is something in the text that nobody may guess from its fingerprint. */
  readonly holdsSecret: boolean;
};

export type RequestBegun =
  | {
      readonly outcome: 'begun';
      /** To be given with every command that the request leads to. */
      readonly request: KeyedRequest;
      /** Asked in the end, before it is answered, whatever came of it. Never rejects for what the database does. */
      end(carriedOut: boolean): Promise<void>;
    }
  /** Somebody is at a request with this key, here or in another process. */
  | { readonly outcome: 'in-flight' }
  /** Another request was carried out under this key. */
  | { readonly outcome: 'key-used' };

export type RequestsParts = {
  readonly store: Pick<EventStore, 'askedUnder' | 'rememberRequest'>;
  readonly holds: Holds;
  readonly digests: RequestDigests;
};

export const requestsOver = (parts: RequestsParts): Requests => ({
  begin: async ({ actor, key: given, text, holdsSecret }) => {
    // An id at an identity provider may be long, and have spaces; a key has none.
    const key = createHash('sha256')
      .update(`${actorName(actor)} ${given}`)
      .digest('base64url');
    const hold = await parts.holds.hold(key);
    if (hold === undefined) return { outcome: 'in-flight' };
    try {
      const request = await requestOf(parts, key, await parts.digests.digest({ name: key, text, holdsSecret }));
      if (request !== undefined) return { outcome: 'begun', request, end: endOf(parts, request, hold) };
    } catch (error) {
      await hold.letGo();
      throw error;
    }
    await hold.letGo();
    return { outcome: 'key-used' };
  },
});

/** As it was kept, where the same was carried out, perhaps under the former master key; `undefined` where it was another. */
const requestOf = async (
  { store }: RequestsParts,
  key: string,
  [fingerprint = new Uint8Array(), ...former]: readonly Uint8Array[],
): Promise<KeyedRequest | undefined> => {
  const kept = await store.askedUnder(key);
  if (kept === undefined) return { key, fingerprint };
  const same = [fingerprint, ...former].some((one) => Buffer.compare(one, kept.fingerprint) === 0);
  return same ? kept : undefined;
};

/** What recorded something is remembered already, with what it recorded. */
const endOf =
  ({ store }: RequestsParts, request: KeyedRequest, hold: Hold) =>
  async (carriedOut: boolean): Promise<void> => {
    try {
      if (carriedOut) await store.rememberRequest(request);
    } catch (error) {
      // It was done, and must not be answered as if it was not.
      if (!(error instanceof TransientFailure)) throw error;
    } finally {
      await hold.letGo();
    }
  };
