/** API keys of a system that is replaced. It kept the SHA-256 of a key, as we do, so its keys go on working here. */
import { apiKey, type Handled, issueKey, keyStream, type NewKey } from '@plenum/access';
import { credentialHashDigest, formatKeyHash } from '@plenum/credentials';
import { type NotDone, plenumItself, refused } from '@plenum/event';
import { isId } from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';

export type ImportedKey = NewKey & {
  /** As it was called there: its name, an underscore, and something that distinguishes it from others. */
  readonly keyId: string;
  /** Of its 64 characters, as 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** `default`, unless given. */
  readonly organisation?: string | undefined;
};

export type ImportKey = {
  /** The same key again changes nothing, and is `known`. Without a time it never expires. @throws a transient failure */
  import(asked: ImportedKey): Handled;
  /** What `import` would come to, recording nothing. @throws a transient failure */
  wouldImport(asked: ImportedKey): Promise<{ readonly outcome: 'new' | 'known' } | NotDone>;
};

const metadata = { id: 'import', actor: plenumItself } as const;

export const importKey = ({ handle, isKnown, decisions, reads, encryption, givable }: AccountContext): ImportKey => {
  const importing = ({ keyId }: ImportedKey) => ({ name: 'access.import-key', stream: keyStream(keyId) });
  const account = ({ keyId, name, sha256, role, permissions, rateLimit, expiresAtUs }: ImportedKey) => ({
    ...{ keyId, name, role, permissions, givable, rateLimit, nowUs: decisions.clock.nowUs(), actor: plenumItself },
    expiresAtUs: expiresAtUs === 'never' ? undefined : expiresAtUs,
    keyHash: credentialHashDigest(formatKeyHash(sha256)),
  });

  const wouldImport: ImportKey['wouldImport'] = async (asked) => {
    if (!isId(asked.keyId)) return refused('invalid', 'The id of a key is 1 to 200 visible ASCII characters.');
    if (await isKnown(importing(asked), metadata)) return { outcome: 'known' };
    const issued = account(asked);
    const decided = apiKey.decide(undefined, { do: 'issue', ...issued });
    if (decided.outcome === 'refused') return decided;
    const { version } = await decisions.store.load(keyStream(asked.keyId), 0);
    return version > 0 || (await reads.key(issued.keyHash)) !== undefined
      ? refused('exists', 'There is such a key already.')
      : { outcome: 'new' };
  };

  return {
    wouldImport,
    import: async (asked) => {
      const would = await wouldImport(asked);
      if (would.outcome === 'refused' || would.outcome === 'conflict') return would;
      const { encrypted: bytes, encryptedWith } = encryption.encrypt(asked.keyId, formatKeyHash(asked.sha256));
      // Its id is known, and so is what it is imported under.
      const { newId: _, ...issue } = issueKey({
        ...account(asked),
        organisation: asked.organisation,
        encrypted: { bytes, encryptedWith },
      });
      return handle({ ...issue, ...importing(asked) }, { ...metadata, organisation: asked.organisation });
    },
  };
};
