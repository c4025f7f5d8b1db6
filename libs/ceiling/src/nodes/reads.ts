/** Questions about nodes. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. */
import { formatTimeUs } from '@plenum/event';
import {
  columnsWithout,
  pageConditions,
  type Rows,
  type ShownRow,
  type Sql,
  selectedColumns,
} from '@plenum/read-model';
import { nodesTable } from './sensor-nodes.ts';

export type NodeReads = {
  /** One page of nodes by id. */
  readonly page: (asked: NodesAsked) => Promise<Rows<Node>>;
  readonly byId: (nodeId: string, silentSinceUs: number) => Promise<Node | undefined>;
  readonly networkStatus: (silentSinceUs: number) => Promise<NetworkStatus>;
};

export type NodesAsked = {
  readonly status?: string | undefined;
  readonly stale?: boolean | undefined;
  /** Last seen from then on, and before then; microseconds. */
  readonly seen?: { readonly fromUs: number | undefined; readonly toUs: number | undefined };
  readonly afterNode?: string | undefined;
  readonly limit: number;
  /** Nodes of which nothing came since then are stale, whatever times it says. */
  readonly silentSinceUs: number;
};

/** What is compared to find what came late is for the fold alone. */
export const nodesShown = columnsWithout(nodesTable, 'registered_mark', 'status_time', 'status_mark', 'battery_mark');

export type Node = ShownRow<typeof nodesShown> & {
  /** Neither it nor its sensors were heard of lately. */
  readonly stale: boolean;
  /** Effective time of the latest reading of any of its sensors. */
  readonly latest_reading: string | null;
};

/** `offline_nodes` are all that are not online; `network_health` is the online share in percent, 0 without nodes. */
export type NetworkStatus = {
  readonly total_nodes: number;
  readonly online_nodes: number;
  readonly offline_nodes: number;
  readonly network_health: number;
  readonly stale_nodes: number;
};

export const nodeReads = (sql: Sql): NodeReads => ({
  page: async (asked) => nodesPage(sql, asked),
  byId: async (nodeId, silentSinceUs) => {
    const [node] = await sql<Node>(
      `select ${nodeColumns('$2')} from public.sensor_nodes n ${latestReadingOfNode} where n.node_id = $1`,
      [nodeId, formatTimeUs(silentSinceUs)],
    );
    return node;
  },
  networkStatus: async (silentSinceUs) => {
    const [counts] = await sql<{ readonly total: number; readonly online: number; readonly stale: number }>(
      `select count(*) as total, count(*) filter (where n.status = 'online') as online,
              count(*) filter (where ${isStale('$1')}) as stale
         from public.sensor_nodes n ${latestReadingOfNode}`,
      [formatTimeUs(silentSinceUs)],
    );
    const { total, online, stale } = counts ?? { total: 0, online: 0, stale: 0 };
    return {
      total_nodes: total,
      online_nodes: online,
      offline_nodes: total - online,
      network_health: total === 0 ? 0 : (100 * online) / total,
      stale_nodes: stale,
    };
  },
});

/** The latest reading of the sensors whose id names the node, and of those without a node that it claims. */
const latestReadingOfNode = `
  left join lateral (
    select max(s.effective_time) as time, max(s.received_time) as received from (
      select l.effective_time, l.received_time from public.sensor_latest l where l.node_id = n.node_id
      union all
      select l.effective_time, l.received_time from jsonb_array_elements_text(n.sensors) as claimed(id)
        join public.sensor_latest l on l.sensor_id = claimed.id where l.node_id is null) s
  ) r on true`;

const isStale = (silentSince: string): string => `greatest(n.last_seen, r.received) < ${silentSince}::timestamptz`;

const ownColumns = selectedColumns(nodesShown, 'n');

const nodeColumns = (silentSince: string): string =>
  `${ownColumns}, ${isStale(silentSince)} as stale, r.time as latest_reading`;

const nodesPage = (sql: Sql, asked: NodesAsked): Promise<Rows<Node>> => {
  const { parameters, bind, add, equal, within, after, all } = pageConditions();
  const silentSince = bind(formatTimeUs(asked.silentSinceUs));
  equal({ 'n.status': asked.status });
  within('n.last_seen', asked.seen ?? {});
  after(['n.node_id'], asked.afterNode === undefined ? undefined : [asked.afterNode]);
  if (asked.stale !== undefined) add(`${asked.stale ? '' : 'not '}(${isStale(silentSince)})`);
  return sql(
    `select ${nodeColumns(silentSince)} from public.sensor_nodes n ${latestReadingOfNode}
     where ${all()} order by n.node_id limit ${bind(asked.limit)}`,
    parameters,
    asked.limit,
  );
};
