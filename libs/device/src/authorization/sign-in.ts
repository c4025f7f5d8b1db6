/** Whether a client is the node that it says it is. Pure: the digest of what it gave as a key is made by the caller. */
import type { AuthorizedNode } from './reads.ts';

export type SignIn = {
  readonly clientId: string;
  /** Of the user name, which is the node's id; with a certificate it may be left out. */
  readonly nodeId: string;
  /** The only key that opens, where the user name says one: then no other does, and no certificate. */
  readonly keyId?: string | undefined;
  /** SHA-256 of the password, in lower-case hexadecimal digits. */
  readonly keyHash: string | undefined;
  /** The common name of the certificate that its connection showed. */
  readonly certificate: string | undefined;
};

/** What it signed in with: when that is gone, so are its rights. */
export type Proof =
  | { readonly by: 'key'; readonly keyId: string }
  | { readonly by: 'certificate'; readonly subject: string };

export type SignedIn =
  | { readonly outcome: 'signed-in'; readonly proof: Proof }
  | {
      readonly outcome: 'refused';
      readonly code: 'unknown-node' | 'wrong-credentials' | 'disabled' | 'other-client-id';
      /** For the records; a client hears less. */
      readonly why: string;
    };

/** `node` is what the authorization table says of `nodeId`. `equal` compares in constant time. */
export const signIn = (
  { clientId, nodeId, keyId, keyHash, certificate }: SignIn,
  node: AuthorizedNode | undefined,
  equal: (one: string, other: string) => boolean,
): SignedIn => {
  if (node === undefined) return refused('unknown-node', 'no node of this id is enrolled');
  const proof = proofOf(node, { keyId, keyHash, certificate }, equal);
  if (proof === undefined) {
    return refused('wrong-credentials', 'neither its key nor its certificate is one of this node');
  }
  if (node.disabled) return refused('disabled', 'the node is disabled');
  // A session belongs to a client id. With another's, a node would get what waits for that one.
  if (clientId !== nodeId) return refused('other-client-id', 'the client id of a node is its node id');
  return { outcome: 'signed-in', proof };
};

const proofOf = (
  { keys, certificate: subject }: AuthorizedNode,
  { keyId, keyHash, certificate }: Pick<SignIn, 'keyId' | 'keyHash' | 'certificate'>,
  equal: (one: string, other: string) => boolean,
): Proof | undefined => {
  if (keyId === undefined && certificate !== undefined && certificate === subject)
    return { by: 'certificate', subject };
  if (keyHash === undefined) return undefined;
  const found = Object.entries(keys).find(
    ([id, hash]) => (keyId === undefined || id === keyId) && equal(hash, keyHash),
  );
  return found && { by: 'key', keyId: found[0] };
};

/** Whether what a node signed in with still holds. */
export const stillHolds = (proof: Proof, node: AuthorizedNode | undefined): boolean => {
  if (node === undefined || node.disabled) return false;
  return proof.by === 'key' ? node.keys[proof.keyId] !== undefined : node.certificate === proof.subject;
};

const refused = (code: Extract<SignedIn, { readonly outcome: 'refused' }>['code'], why: string): SignedIn => ({
  outcome: 'refused',
  code,
  why,
});
