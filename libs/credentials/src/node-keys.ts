/**
 * Keys of nodes: 64 hexadecimal digits of chance, shown once; what stays is the SHA-256 of the text. Nobody finds 256 bits from
 * that, so it may stand in the log as it is.
 */
import { createHash, randomBytes } from 'node:crypto';

export type NewNodeKey = { readonly key: string; readonly keyId: string; readonly keyHash: string };

export const newNodeKey = (): NewNodeKey => {
  const key = randomBytes(32).toString('hex');
  return { key, keyId: randomBytes(4).toString('hex'), keyHash: nodeKeyHash(key) };
};

/** Of whatever was given as a key. */
export const nodeKeyHash = (key: string | Uint8Array): string => createHash('sha256').update(key).digest('hex');
