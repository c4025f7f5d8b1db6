/** Orders about API keys. */
import {
  type ApiKey,
  apiKey,
  formatKeyVerifier,
  issueKey,
  keyDays,
  keyStream,
  orderKey,
  type Role,
  revokeKey,
} from '@plenum/access';
import { newApiKey, verifierDigest } from '@plenum/credentials';
import { stateOf } from '@plenum/runtime';
import { isId } from './decide.ts';
import { type ImportKey, importKey } from './import-key.ts';
import type { Machinery } from './machinery.ts';
import type { Order, Ordered, OrderedSecret } from './orders.ts';

export type Keys = ImportKey & {
  /** The secret of the answer is the key: 64 hexadecimal digits. */
  issue(asked: NewKey & Order): OrderedSecret;
  /** As decided, read models or not. `undefined`: there is no such key. @throws TransientFailure */
  get(keyId: string): Promise<{ readonly key: ApiKey; readonly version: number } | undefined>;
  change(keyId: string, asked: KeyChange & Order): Ordered;
  disable(keyId: string, order: Order): Ordered;
  enable(keyId: string, order: Order): Ordered;
  /** For ever. */
  revoke(keyId: string, order: Order): Ordered;
};

export type NewKey = {
  readonly name: string;
  readonly role: Role;
  /** Those of the role, unless given. */
  readonly permissions?: readonly string[] | undefined;
  /** Requests a minute; as the role has it, unless given. */
  readonly rateLimit?: number | undefined;
  /** `keyDays` from now, unless given. */
  readonly expiresAtUs?: number | 'never' | undefined;
};

/** What is not given stays. A new role brings its own permissions unless some are given. */
export type KeyChange = {
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly rateLimit?: number | undefined;
  readonly expiresAtUs?: number | 'never' | undefined;
};

export const keysOver = (parts: Machinery): Keys => {
  const { deciding, decisions, seal } = parts;
  const about = (kind: string, keyId: string, order: Order) => ({
    order,
    kind: `keys.${kind}`,
    subject: keyId,
    stream: keyStream(keyId),
    prefix: keyStream(''),
  });

  return {
    ...importKey(parts),
    issue: async ({ name, role, permissions, rateLimit, expiresAtUs, ...order }) => {
      const nowUs = decisions.clock.nowUs();
      const { key, keyId, hash } = newApiKey(name);
      const verifier = formatKeyVerifier(hash);
      const { sealed: bytes, sealedWith } = seal.seal(keyId, verifier);
      const ask = issueKey({
        ...{ name, keyId, role, permissions, rateLimit, nowUs, actor: order.actor },
        keyHash: verifierDigest(verifier),
        expiresAtUs: expiresAtUs === 'never' ? undefined : (expiresAtUs ?? nowUs + keyDays * dayUs),
        sealed: { bytes, sealedWith },
      });
      const done = await deciding.order({ ...about('issue', '', order), stream: keyStream(keyId), ask });
      return done.outcome === 'done' ? { ...done, secret: done.how === 'recorded' ? key : undefined } : done;
    },
    get: async (keyId) => {
      if (!isId(keyId)) return undefined;
      const { state, version } = await stateOf(decisions.store, apiKey, keyStream(keyId));
      return state === undefined ? undefined : { key: state, version };
    },
    change: (keyId, { role, permissions, rateLimit, expiresAtUs, ...order }) => {
      const { actor, expectedVersion } = order;
      const change = { role, permissions, rateLimit, expiresAtUs, nowUs: decisions.clock.nowUs(), actor };
      return deciding.order({
        ...about('change', keyId, order),
        ask: orderKey(keyId, { do: 'change', ...change, expectedVersion }),
      });
    },
    disable: (keyId, order) => {
      const { actor, expectedVersion } = order;
      return deciding.order({
        ...about('disable', keyId, order),
        ask: orderKey(keyId, { do: 'disable', actor, expectedVersion }),
      });
    },
    enable: (keyId, order) => {
      const { actor, expectedVersion } = order;
      return deciding.order({
        ...about('enable', keyId, order),
        ask: orderKey(keyId, { do: 'enable', actor, expectedVersion }),
      });
    },
    revoke: (keyId, order) => {
      const { actor, expectedVersion } = order;
      return deciding.order({ ...about('revoke', keyId, order), ask: revokeKey(keyId, { actor, expectedVersion }) });
    },
  };
};

const dayUs = 86_400 * 1_000_000;
