import { defineProjection } from '@plenum/read-model';
import {
  type DecidedEntry,
  type DecidedPlace,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  placeOf,
} from '../decided.ts';
import type { VerifierSealedV1 } from '../generated/schemas.ts';
import { streamKinds } from '../streams.ts';
import { verifiersTopic } from '../topics.ts';
import { VerifierSealed, VerifierWithdrawn } from './verifier-events.ts';

export type VerifiersRow = DecidedPlace & {
  readonly subject: string;
  readonly kind: string;
  readonly sealed: Uint8Array | undefined;
  readonly sealed_with: string | undefined;
  readonly changed_at: number;
};

const streams = { kind: streamKinds.verifier, begins: VerifierSealed };

export const verifiers = decidedFold<VerifierSealedV1, VerifiersRow>({
  table: {
    name: 'verifiers',
    about: 'What passwords and API keys are checked against, readable only with the master key.',
    columns: {
      ...decidedColumns,
      subject: { type: 'text', about: 'A user id or a key id.' },
      kind: { type: 'text', about: 'password or api_key.' },
      sealed: { type: 'bytea', nullable: true, about: 'Under the master key; null once it was withdrawn.' },
      sealed_with: { type: 'text', nullable: true, about: 'Fingerprint of the master key.' },
      changed_at: { type: 'timestamptz', about: 'When it was sealed or withdrawn.' },
    },
    key: ['subject'],
  },
  keyOf: ({ id }) => ({ subject: id }),
  first: (data, entry) => ({
    ...placeOf(entry),
    subject: entry.id,
    kind: data.kind,
    sealed: data.sealed,
    sealed_with: data.sealed_with,
    changed_at: entry.event.effectiveTimeUs,
  }),
  next: (row, entry) => ({
    ...row,
    ...sealedBy(entry),
    ...placeOf(entry),
    changed_at: entry.event.effectiveTimeUs,
  }),
});

const sealedBy = ({ event }: DecidedEntry) => {
  const data = dataIf(VerifierSealed, event);
  if (data !== undefined) return { sealed: data.sealed, sealed_with: data.sealed_with };
  return event.type === VerifierWithdrawn.type ? { sealed: undefined, sealed_with: undefined } : {};
};

export const verifiersProjection = defineProjection<DecidedEntry>({
  name: 'verifiers',
  version: 1,
  about: 'Sealed verifiers. Without the master key they restore nothing.',
  topics: [verifiersTopic.name],
  entry: (recorded) => decidedEntry(recorded, streams),
  folds: [verifiers],
});
