/** The rules about what one subject's secret is checked against. What is in it is never known here: it comes sealed. */
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
import type { VerifierKind } from './verifier.ts';
import { VerifierSealed, VerifierWithdrawn } from './verifier-events.ts';

/** `undefined`: the subject never had one. */
export type VerifierState = { readonly kind: string; readonly standing: 'sealed' | 'withdrawn' } | undefined;

/** A verifier's text under the master key, with the key's fingerprint. */
export type Sealed = { readonly bytes: Uint8Array; readonly sealedWith: string };

export type VerifierCommand =
  /** The first, another password, or the same under another master key. */
  | { readonly do: 'seal'; readonly subject: string; readonly kind: VerifierKind; readonly sealed: Sealed }
  | { readonly do: 'withdraw'; readonly subject: string; readonly actor: Actor };

const decide = (state: VerifierState, command: VerifierCommand): Decided => {
  const { subject } = command;
  if (command.do === 'withdraw') {
    return state?.standing === 'sealed'
      ? decided(newEvent(VerifierWithdrawn, { subject, by: actorName(command.actor) }))
      : decided();
  }
  const { kind, sealed } = command;
  if (state !== undefined && state.kind !== kind) return refused('invalid', `The subject has a ${state.kind}.`);
  if (state?.standing === 'withdrawn' && kind === 'api_key') {
    return refused('not-now', 'The key is revoked, which is for ever.');
  }
  if (sealed.bytes.length === 0) return refused('invalid', 'There is nothing in it.');
  return decided(newEvent(VerifierSealed, { subject, kind, sealed: sealed.bytes, sealed_with: sealed.sealedWith }));
};

const evolve = (state: VerifierState, happened: NewEvent): VerifierState => {
  if (isEvent(VerifierSealed, happened)) return { kind: happened.data.kind, standing: 'sealed' };
  if (isEvent(VerifierWithdrawn, happened)) return state && { ...state, standing: 'withdrawn' };
  return state;
};

export const verifierOf: Decider<VerifierState, VerifierCommand> = { initial: undefined, decide, evolve };
