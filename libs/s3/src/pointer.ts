/** What the metadata of a name say: what is found under it, and where its bytes are. */
import type { StoredFile } from '@plenum/runtime';
import type { Metadata } from './bucket.ts';

export type Pointer = { readonly file: StoredFile; readonly content: string };

export const metadataFor = ({ file, content }: Pointer): Metadata => ({
  sha256: file.digest,
  bytes: String(file.bytes),
  content,
});

/** @throws when they are not what `metadataFor` makes. */
export const pointerIn = (name: string, { sha256 = '', bytes = '', content = '' }: Metadata): Pointer => {
  if (!/^[\da-f]{64}$/.test(sha256) || !/^\d+$/.test(bytes) || content === '') {
    throw new Error(`What is kept of ${name} is not readable`);
  }
  return { file: { name, bytes: Number(bytes), digest: sha256 }, content };
};
