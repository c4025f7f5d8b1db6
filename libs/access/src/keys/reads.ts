/** Questions about API keys. Rows come back as they go out: times as UTC text, counts as numbers, NULL as null. */
import { binder, type Rows, type Sql } from '@plenum/read-model';

export type KeyReads = {
  /** One page of keys by id. */
  readonly page: (asked: KeysAsked) => Promise<Rows<KeyShown>>;
  /** Where only one organisation's are asked for, those of others are not there. */
  readonly byId: (keyId: string, organisation?: string) => Promise<KeyShown | undefined>;
};

export type KeysAsked = {
  readonly organisation?: string | undefined;
  readonly name?: string | undefined;
  readonly active?: boolean | undefined;
  readonly afterKey?: string | undefined;
  readonly limit: number;
};

/** Without `key_hash`: it opens nothing, and nobody needs it either. */
export type KeyShown = {
  readonly key_id: string;
  readonly organisation: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly is_active: boolean;
  readonly is_revoked: boolean;
  readonly rate_limit: number;
  readonly last_used: string | null;
  readonly use_count: number;
  readonly issued_by: string;
  readonly stream_version: number;
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: number;
};

const columns = `
  k.key_id, k.organisation, k.name, k.role, k.permissions, k.created_at, k.expires_at, k.is_active, k.is_revoked,
  k.rate_limit, k.last_used, k.use_count, k.issued_by, k.stream_version, k.event_id, k.log_partition, k.log_offset`;

export const keyReads = (sql: Sql): KeyReads => ({
  page: async ({ organisation, name, active, afterKey, limit }) => {
    const { parameters, bind } = binder();
    const conditions = ['true'];
    if (organisation !== undefined) conditions.push(`k.organisation = ${bind(organisation)}`);
    if (name !== undefined) conditions.push(`k.name = ${bind(name)}`);
    if (active !== undefined) conditions.push(`k.is_active = ${bind(active)}`);
    if (afterKey !== undefined) conditions.push(`k.key_id > ${bind(afterKey)}`);
    return sql(
      `select ${columns} from public.api_keys k
       where ${conditions.join(' and ')} order by k.key_id limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  byId: async (keyId, organisation) => {
    const [row] = await sql<KeyShown>(
      `select ${columns} from public.api_keys k where k.key_id = $1 and ($2::text is null or k.organisation = $2)`,
      [keyId, organisation ?? null],
    );
    return row;
  },
});
