/** Questions about refused messages. Rows come back as they go out: times as UTC text, counts as numbers. */
import {
  columnsWithout,
  pageConditions,
  type Rows,
  type ShownRow,
  type Sql,
  selectedColumns,
} from '@plenum/read-model';
import { countsTable, quarantine } from './quarantine-projection.ts';

export type QuarantineReads = {
  /** One page of refused messages, the last first, with only the start of each payload. */
  readonly page: (asked: QuarantineAsked) => Promise<Rows<Refused>>;
  /** One of them with the whole payload that was kept. */
  readonly byPlace: (place: RefusedPlace) => Promise<Refused | undefined>;
  /** One page of counts by (client, code). */
  readonly counts: (asked: CountsAsked) => Promise<Rows<RefusedCount>>;
};

export type QuarantineAsked = {
  readonly client?: string | undefined;
  readonly node?: string | undefined;
  /** With `node`: sensors that are its own though their topics name no node. */
  readonly claimed?: readonly string[] | undefined;
  readonly sensor?: string | undefined;
  readonly code?: string | undefined;
  /** When it was refused, inclusive. */
  readonly fromUs?: number | undefined;
  /** Exclusive. */
  readonly toUs?: number | undefined;
  readonly after?: RefusedPlace | undefined;
  readonly limit: number;
};

export type RefusedPlace = Pick<ShownRow<typeof quarantine>, 'recorded_time' | 'event_id'>;

export type Refused = ShownRow<typeof quarantine> & {
  readonly payload: Uint8Array | null;
  /** Bytes kept; `payload_length` were received, which may be more. */
  readonly payload_kept: number;
};

export type CountsAsked = {
  readonly client?: string | undefined;
  readonly code?: string | undefined;
  readonly after?: { readonly client_id: string; readonly code: string } | undefined;
  readonly limit: number;
};

/** A count is of many events, so it shows none. */
export const countsShown = columnsWithout(countsTable, 'event_id', 'log_partition', 'log_offset');

export type RefusedCount = ShownRow<typeof countsShown>;

/** Of each payload on a page: a thousand whole ones could be a quarter of a gigabyte. */
export const payloadStartBytes = 1024;

export const quarantineReads = (sql: Sql): QuarantineReads => ({
  page: async (asked) => quarantinePage(sql, asked),
  byPlace: async ({ recorded_time, event_id }) => {
    const [row] = await sql<Refused>(
      `select ${columns('q.payload')} from public.quarantine q
       where q.recorded_time = $1::timestamptz and q.event_id = $2::uuid`,
      [recorded_time, event_id],
    );
    return row;
  },
  counts: async (asked) => countsPage(sql, asked),
});

const ownColumns = selectedColumns(quarantine, 'q');

const columns = (payload: string): string =>
  `${ownColumns}, ${payload} as payload, coalesce(octet_length(q.payload), 0) as payload_kept`;

const quarantinePage = (sql: Sql, asked: QuarantineAsked): Promise<Rows<Refused>> => {
  const { parameters, bind, add, equal, within, after, all } = pageConditions();
  equal({ 'q.client_id': asked.client, 'q.sensor_id': asked.sensor, 'q.code': asked.code });
  if (asked.node !== undefined) add(ofNode(bind(asked.node), bind(asked.claimed ?? [])));
  within('q.recorded_time', asked);
  after(['q.recorded_time', 'q.event_id'], asked.after && [asked.after.recorded_time, asked.after.event_id], 'desc');
  return sql(
    `select ${columns(`substring(q.payload for ${payloadStartBytes})`)} from public.quarantine q
     where ${all()} order by q.recorded_time desc, q.event_id desc limit ${bind(asked.limit)}`,
    parameters,
    asked.limit,
  );
};

const ofNode = (node: string, claimed: string): string =>
  `(q.node_id = ${node} or q.node_id is null and q.sensor_id = any(${claimed}::text[]))`;

const countsPage = (sql: Sql, { client, code, after: place, limit }: CountsAsked): Promise<Rows<RefusedCount>> => {
  const { parameters, bind, equal, after, all } = pageConditions();
  equal({ 'c.client_id': client, 'c.code': code });
  after(['c.client_id', 'c.code'], place && [place.client_id, place.code]);
  return sql(
    `select ${selectedColumns(countsShown, 'c')}
       from public.quarantine_counts c
      where ${all()} order by c.client_id, c.code limit ${bind(limit)}`,
    parameters,
    limit,
  );
};
