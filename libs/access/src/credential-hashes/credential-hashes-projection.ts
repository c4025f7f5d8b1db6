import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
} from '@plenum/read-model';
import type { CredentialHashEncryptedV1 } from '../generated/schemas.ts';
import { streamKinds } from '../streams.ts';
import { credentialHashesTopic } from '../topics.ts';
import { CredentialHashEncrypted, CredentialHashWithdrawn } from './credential-hash-events.ts';

export const credentialHashesTable = defineTable({
  name: 'credential_hashes',
  about: 'What passwords and API keys are checked against, readable only with the master key.',
  columns: {
    ...decidedColumns,
    subject: { type: 'text', about: 'A user id or a key id.' },
    kind: { type: 'text', about: 'password or api_key.' },
    encrypted: { type: 'bytea', nullable: true, about: 'Under the master key; null once it was withdrawn.' },
    encrypted_with: { type: 'text', nullable: true, about: 'Fingerprint of the master key.' },
    changed_at: { type: 'timestamptz', about: 'When it was encrypted or withdrawn.' },
  },
  key: ['subject'],
});

export type CredentialHashesRow = RowOf<typeof credentialHashesTable>;

export const credentialHashes = decidedFold<CredentialHashEncryptedV1, CredentialHashesRow>({
  table: credentialHashesTable,
  keyOf: ({ id }) => ({ subject: id }),
  begins: CredentialHashEncrypted,
  first: (data, entry) => ({
    ...placeOf(entry),
    subject: entry.id,
    kind: data.kind,
    encrypted: data.encrypted,
    encrypted_with: data.encrypted_with,
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
  const data = dataIf(CredentialHashEncrypted, event);
  if (data !== undefined) return { encrypted: data.encrypted, encrypted_with: data.encrypted_with };
  return event.type === CredentialHashWithdrawn.type ? { encrypted: undefined, encrypted_with: undefined } : {};
};

export const credentialHashesProjection = defineProjection<DecidedEntry>({
  name: 'credential_hashes',
  version: 2,
  about: 'Encrypted credential hashes. Without the master key they restore nothing.',
  topics: [credentialHashesTopic.name],
  streams: [streamKinds.credentialHash],
  entry: decidedEntry,
  folds: [credentialHashes],
});
