/** The rules about what one subject's secret is checked against. What is in it is never known here: it comes encrypted. */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  isEvent,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
import { CredentialHashEncrypted, CredentialHashWithdrawn } from './credential-hash-events.ts';

/** Of a user's password or of an API key. */
export type CredentialKind = 'password' | 'api_key';

/** `undefined`: the subject never had one. */
export type CredentialHashState = { readonly kind: string; readonly standing: 'encrypted' | 'withdrawn' } | undefined;

/** A credential hash's text under the master key, with the key's fingerprint. */
export type EncryptedHash = { readonly bytes: Uint8Array; readonly encryptedWith: string };

export type CredentialHashCommand =
  /** The first, another password, or the same under another master key. */
  | {
      readonly do: 'encrypt';
      readonly subject: string;
      readonly kind: CredentialKind;
      readonly encrypted: EncryptedHash;
    }
  | { readonly do: 'withdraw'; readonly subject: string; readonly actor: Actor };

const decide = (state: CredentialHashState, command: CredentialHashCommand): Decided => {
  const { subject } = command;
  if (command.do === 'withdraw') {
    return state?.standing === 'encrypted'
      ? decided(newEvent(CredentialHashWithdrawn, { subject, by: actorName(command.actor) }))
      : decided();
  }
  const { kind, encrypted } = command;
  if (state !== undefined && state.kind !== kind) return refused('invalid', `The subject has a ${state.kind}.`);
  if (state?.standing === 'withdrawn' && kind === 'api_key') {
    return refused('not-now', 'The key is revoked, which is for ever.');
  }
  if (encrypted.bytes.length === 0) return refused('invalid', 'There is nothing in it.');
  return decided(
    newEvent(CredentialHashEncrypted, {
      subject,
      kind,
      encrypted: encrypted.bytes,
      encrypted_with: encrypted.encryptedWith,
    }),
  );
};

const evolve = (state: CredentialHashState, happened: NewEvent): CredentialHashState => {
  if (isEvent(CredentialHashEncrypted, happened)) return { kind: happened.data.kind, standing: 'encrypted' };
  if (isEvent(CredentialHashWithdrawn, happened)) return state && { ...state, standing: 'withdrawn' };
  return state;
};

export const credentialHashOf: Decider<CredentialHashState, CredentialHashCommand> = {
  initial: undefined,
  decide,
  evolve,
};
