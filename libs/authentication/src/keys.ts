/** Commands about API keys. */
import { type ApiKey, apiKey, decideKey, issueKey, keyDays, keyStream, type Role, revokeKey } from '@plenum/access';
import { credentialHashDigest, formatKeyHash, newApiKey } from '@plenum/credentials';
import type { CommandMetadata } from '@plenum/event';
import { isId, stateOf } from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';
import { type Handled, type HandledSecret, withSecret } from './handled.ts';
import { type ImportKey, importKey } from './import-key.ts';
import type { NewKey } from './new-key.ts';

export type Keys = ImportKey & {
  /** The secret of the answer is the key: 64 hexadecimal digits. */
  issue(asked: NewKey & CommandMetadata): HandledSecret;
  /** As decided, read models or not. `undefined`: there is no such key. @throws TransientFailure */
  get(keyId: string): Promise<{ readonly key: ApiKey; readonly version: number } | undefined>;
  change(keyId: string, asked: KeyChange & CommandMetadata): Handled;
  disable(keyId: string, metadata: CommandMetadata): Handled;
  enable(keyId: string, metadata: CommandMetadata): Handled;
  /** For ever. */
  revoke(keyId: string, metadata: CommandMetadata): Handled;
};

/** What is not given stays. A new role brings its own permissions unless some are given. */
export type KeyChange = {
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly rateLimit?: number | undefined;
  readonly expiresAtUs?: number | 'never' | undefined;
};

export const keysOver = (parts: AccountContext): Keys => {
  const { handle, decisions, encryption } = parts;
  return {
    ...importKey(parts),
    issue: async ({ name, role, permissions, rateLimit, expiresAtUs, ...metadata }) => {
      const nowUs = decisions.clock.nowUs();
      const { key, keyId, hash } = newApiKey(name);
      const credentialHash = formatKeyHash(hash);
      const { encrypted: bytes, encryptedWith } = encryption.encrypt(keyId, credentialHash);
      const command = issueKey({
        ...{ name, keyId, role, permissions, rateLimit, nowUs, actor: metadata.actor },
        keyHash: credentialHashDigest(credentialHash),
        expiresAtUs: expiresAtUs === 'never' ? undefined : (expiresAtUs ?? nowUs + keyDays * dayUs),
        encrypted: { bytes, encryptedWith },
        organisation: metadata.organisation,
      });
      return withSecret(await handle(command, metadata), key);
    },
    get: async (keyId) => {
      if (!isId(keyId)) return undefined;
      const { state, version } = await stateOf(decisions.store, apiKey, keyStream(keyId));
      return state === undefined ? undefined : { key: state, version };
    },
    change: (keyId, { role, permissions, rateLimit, expiresAtUs, ...metadata }) => {
      const { actor } = metadata;
      const change = { role, permissions, rateLimit, expiresAtUs, nowUs: decisions.clock.nowUs(), actor };
      return handle(decideKey(keyId, { do: 'change', ...change }), metadata);
    },
    disable: (keyId, metadata) => handle(decideKey(keyId, { do: 'disable', actor: metadata.actor }), metadata),
    enable: (keyId, metadata) => handle(decideKey(keyId, { do: 'enable', actor: metadata.actor }), metadata),
    revoke: (keyId, metadata) => handle(revokeKey(keyId, { actor: metadata.actor }), metadata),
  };
};

const dayUs = 86_400 * 1_000_000;
