/** Where keys of nodes come from: chance and digests are not made in the domain. */

export type NodeKeys = {
  /** A new key, of 256 bits of chance. */
  make(): NewNodeKey;
};

export type NewNodeKey = {
  /** 64 hexadecimal digits; shown once, and kept nowhere. */
  readonly key: string;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  /** SHA-256 of the key's text, in hexadecimal digits. */
  readonly keyHash: string;
};
