/** Questions about API keys. Rows come back as they go out: times as UTC text, counts as numbers, NULL as null. */
import {
  columnsWithout,
  pageConditions,
  type Rows,
  type ShownRow,
  type Sql,
  selectedColumns,
} from '@plenum/read-model';
import { apiKeysTable } from './api-keys-projection.ts';

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
export const keysShown = columnsWithout(apiKeysTable, 'key_hash');

export type KeyShown = ShownRow<typeof keysShown>;

const columns = selectedColumns(keysShown, 'k');

export const keyReads = (sql: Sql): KeyReads => ({
  page: async ({ organisation, name, active, afterKey, limit }) => {
    const { parameters, bind, equal, after, all } = pageConditions();
    equal({ 'k.organisation': organisation, 'k.name': name, 'k.is_active': active });
    after(['k.key_id'], afterKey === undefined ? undefined : [afterKey]);
    return sql(
      `select ${columns} from public.api_keys k
       where ${all()} order by k.key_id limit ${bind(limit)}`,
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
