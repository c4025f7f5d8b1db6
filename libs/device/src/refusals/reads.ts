/** Questions about clients that did not sign in. Rows come back as they go out: times as UTC text, NULL as null. */
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { refusedClientsShown } from './refusal-tables.ts';

export type RefusedClient = ShownRow<typeof refusedClientsShown>;

export type RefusedClientsAsked = {
  readonly admitted?: boolean | undefined;
  readonly code?: string | undefined;
  readonly afterClient?: string | undefined;
  readonly limit: number;
};

export type RefusedClientReads = {
  /** One page of clients by id. */
  readonly page: (asked: RefusedClientsAsked) => Promise<Rows<RefusedClient>>;
};

const columns = selectedColumns(refusedClientsShown, 'r');

export const refusedClientReads = (sql: Sql): RefusedClientReads => ({
  page: async ({ admitted, code, afterClient, limit }) => {
    const { parameters, bind, equal, after, all } = pageConditions();
    equal({ 'r.admitted': admitted, 'r.code': code });
    after(['r.client_id'], afterClient === undefined ? undefined : [afterClient]);
    return sql<RefusedClient>(
      `select ${columns} from public.refused_clients r where ${all()} order by r.client_id limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
});
