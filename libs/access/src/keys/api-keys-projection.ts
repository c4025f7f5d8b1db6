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
import type { ApiKeyIssuedV1 } from '../generated/schemas.ts';
import { storableText } from '../storable.ts';
import { streamKinds } from '../streams.ts';
import { accessTopic } from '../topics.ts';
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  type KeyFields,
} from './key-events.ts';

/** Column names are those of the replaced system's `api_keys`. */
export const apiKeysTable = defineTable({
  name: 'api_keys',
  about: 'Every key that was issued. Nothing in it works as a credential.',
  columns: {
    ...decidedColumns,
    key_id: { type: 'text', about: 'Its name, an underscore and 8 hexadecimal digits.' },
    key_hash: { type: 'text', about: 'SHA-256 of what the key is checked against: identifies keys, opens nothing.' },
    name: { type: 'text', about: 'What it is for.' },
    role: { type: 'text', about: 'A name for a list of permissions.' },
    permissions: { type: 'jsonb', json: 'texts', about: 'What it may do: exact names, or beginnings that end in *.' },
    created_at: { type: 'timestamptz', about: 'When it was issued.' },
    expires_at: { type: 'timestamptz', nullable: true, about: 'From then on it opens nothing; null: never.' },
    is_active: { type: 'boolean', about: 'False: disabled, or revoked. An expired key may be active.' },
    is_revoked: { type: 'boolean', about: 'True: it stays inactive for ever.' },
    rate_limit: { type: 'integer', about: 'Requests a minute.' },
    last_used: {
      type: 'timestamptz',
      nullable: true,
      about: 'The last use that was reported; up to an hour behind.',
    },
    use_count: { type: 'bigint', about: 'Uses that were reported; up to an hour behind.' },
    issued_by: { type: 'text', about: 'Who issued it.' },
  },
  key: ['key_id'],
  indexes: [['name']],
});

export type ApiKeysRow = RowOf<typeof apiKeysTable>;

export const apiKeys = decidedFold<ApiKeyIssuedV1, ApiKeysRow>({
  table: apiKeysTable,
  keyOf: ({ id }) => ({ key_id: id }),
  begins: ApiKeyIssued,
  first: (data, entry) => ({
    ...placeOf(entry),
    key_id: entry.id,
    key_hash: data.key_hash,
    ...columnsOf(data),
    created_at: entry.event.effectiveTimeUs,
    is_active: true,
    is_revoked: false,
    last_used: undefined,
    use_count: 0n,
    issued_by: storableText(data.issued_by),
  }),
  next: (row, entry) => ({ ...row, ...saidBy(row, entry), ...placeOf(entry) }),
});

const columnsOf = ({ name, role, permissions, rate_limit, expires_at }: KeyFields) => ({
  name,
  role,
  permissions: JSON.stringify(permissions),
  rate_limit,
  expires_at,
});

const saidBy = (row: ApiKeysRow, { event }: DecidedEntry): Partial<ApiKeysRow> => {
  const changed = dataIf(ApiKeyChanged, event);
  if (changed !== undefined) return columnsOf(changed);
  const used = dataIf(ApiKeyUsed, event);
  if (used !== undefined) {
    // Several processes report their uses; what one reports later may have been earlier.
    const last_used = Math.max(row.last_used ?? used.last_used, used.last_used);
    return { use_count: row.use_count + BigInt(used.count), last_used };
  }
  if (event.type === ApiKeyRevoked.type) return { is_active: false, is_revoked: true };
  if (event.type === ApiKeyDisabled.type) return { is_active: false };
  return event.type === ApiKeyEnabled.type ? { is_active: true } : {};
};

export const apiKeysProjection = defineProjection<DecidedEntry>({
  name: 'api_keys',
  version: 2,
  about: 'API keys as decided, with how much they are used.',
  topics: [accessTopic.name],
  streams: [streamKinds.key],
  entry: decidedEntry,
  folds: [apiKeys],
});
