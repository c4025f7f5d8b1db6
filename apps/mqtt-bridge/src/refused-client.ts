/** Why a client is not the node that it says it is, and what it hears of that. */
import type { SignedIn } from '@plenum/device';

export type NotSignedIn =
  | Extract<SignedIn, { readonly outcome: 'refused' }>
  | { readonly outcome: 'refused'; readonly code: 'no-credentials'; readonly why: string };

/** A client that did not sign in as a node. */
export type RefusedClient = {
  readonly clientId: string;
  /** What it said that it is; left out when it said nothing that could be an id. */
  readonly nodeId?: string;
  readonly code: NotSignedIn['code'];
  /** For the records; the client hears less. */
  readonly why: string;
  /** It was let in all the same: MQTT_ANONYMOUS. */
  readonly admitted: boolean;
};

export const noCredentials: NotSignedIn = {
  outcome: 'refused',
  code: 'no-credentials',
  why: 'it did not sign in',
};

/** What a client hears, in reason codes of MQTT 5. */
export const reasonOf: Readonly<Record<NotSignedIn['code'], number>> = {
  'no-credentials': 0x87,
  'unknown-node': 0x86,
  'wrong-credentials': 0x86,
  disabled: 0x87,
  'other-client-id': 0x85,
};

/** Strangers do not hear which nodes there are. */
export const publicWhy: Readonly<Record<NotSignedIn['code'], string>> = {
  'no-credentials': 'sign in with the node id as user name and the key as password, or with a certificate',
  'unknown-node': 'the node id or its key is wrong',
  'wrong-credentials': 'the node id or its key is wrong',
  disabled: 'the node is disabled',
  'other-client-id': 'the client id has to be the node id',
};
