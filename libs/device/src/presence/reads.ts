/** Questions about MQTT clients. Rows come back as they go out: times as UTC text, NULL as null. */
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { presenceShown } from './presence-table.ts';

export type Presence = ShownRow<typeof presenceShown>;

export type PresenceAsked = {
  readonly connected?: boolean | undefined;
  readonly replica?: string | undefined;
  readonly afterClient?: string | undefined;
  readonly limit: number;
};

export type PresenceReads = {
  /** One page of clients by id. */
  readonly page: (asked: PresenceAsked) => Promise<Rows<Presence>>;
  readonly byClient: (clientId: string) => Promise<Presence | undefined>;
};

const columns = selectedColumns(presenceShown, 'p');

export const presenceReads = (sql: Sql): PresenceReads => ({
  page: async ({ connected, replica, afterClient, limit }) => {
    const { parameters, bind, equal, after, all } = pageConditions();
    equal({ 'p.connected': connected, 'p.replica': replica });
    after(['p.client_id'], afterClient === undefined ? undefined : [afterClient]);
    return sql<Presence>(
      `select ${columns} from public.device_presence p where ${all()} order by p.client_id limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  byClient: async (clientId) => {
    const [row] = await sql<Presence>(`select ${columns} from public.device_presence p where p.client_id = $1`, [
      clientId,
    ]);
    return row;
  },
});
