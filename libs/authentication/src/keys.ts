/** Commands about API keys. */
import { apiKey, decideKey, issueKey, type KeyPort, keyDays, keyStream, revokeKey } from '@plenum/access';
import { credentialHashDigest, formatKeyHash, newApiKey } from '@plenum/credentials';
import { isId, stateOf } from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';
import { withSecret } from './handled.ts';
import { type ImportKey, importKey } from './import-key.ts';

export type Keys = KeyPort & ImportKey;

export const keysOver = (parts: AccountContext): Keys => {
  const { handle, decisions, encryption, givable } = parts;
  return {
    ...importKey(parts),
    issue: async ({ name, role, permissions, rateLimit, expiresAtUs, ...metadata }) => {
      const nowUs = decisions.clock.nowUs();
      const { key, keyId, hash } = newApiKey(name);
      const credentialHash = formatKeyHash(hash);
      const { encrypted: bytes, encryptedWith } = encryption.encrypt(keyId, credentialHash);
      const command = issueKey({
        ...{ name, keyId, role, permissions, givable, rateLimit, nowUs, actor: metadata.actor },
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
      const change = { role, permissions, givable, rateLimit, expiresAtUs, nowUs: decisions.clock.nowUs(), actor };
      return handle(decideKey(keyId, { do: 'change', ...change }), metadata);
    },
    disable: (keyId, metadata) => handle(decideKey(keyId, { do: 'disable', actor: metadata.actor }), metadata),
    enable: (keyId, metadata) => handle(decideKey(keyId, { do: 'enable', actor: metadata.actor }), metadata),
    revoke: (keyId, metadata) => handle(revokeKey(keyId, { actor: metadata.actor }), metadata),
  };
};

const dayUs = 86_400 * 1_000_000;
