/** Records that a projection or a reaction could not take, and those that wait behind them. */
import { keptText } from '@plenum/postgres';
import { binder, type Rows, type Sql } from '@plenum/read-model';
import { parkedUnder } from '@plenum/runtime';

export type ParkedReads = {
  /** One page by projection, version, generation, topic, partition and offset. */
  readonly page: (asked: ParkedAsked) => Promise<Rows<ParkedRow>>;
  /** One page of those with one of these keys, the last parked first. */
  readonly ofKeys: (asked: ParkedOfKeysAsked) => Promise<Rows<ParkedRow>>;
};

export type ParkedAsked = {
  readonly projection?: string | undefined;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly code?: string | undefined;
  /** Without records of these topics. */
  readonly notOf?: readonly string[] | undefined;
  readonly after?: ParkedPlace | undefined;
  readonly limit: number;
};

export type ParkedOfKeysAsked = {
  readonly keys: readonly string[];
  readonly notOf?: readonly string[] | undefined;
  /** Without an id: before all that were parked at this moment. */
  readonly after?: { readonly parked_at: string; readonly id: string | undefined } | undefined;
  readonly limit: number;
};

export type ParkedPlace = Pick<ParkedRow, 'projection' | 'version' | 'generation' | 'topic' | 'partition' | 'offset'>;

export type ParkedRow = {
  /** `projection/version/generation/topic/partition/offset`. */
  readonly id: string;
  /** The consumer: a projection by its name, a reaction as `reaction-…`. */
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly event_id: string | null;
  readonly code: string;
  readonly reason: string;
  readonly parked_at: string;
  readonly value: Uint8Array;
  readonly value_length: number;
};

export const parkedReads = (sql: Sql): ParkedReads => ({
  page: (asked) => parkedPage(sql, asked),
  ofKeys: ({ keys, notOf, after, limit }) => {
    const { parameters, bind } = binder();
    const conditions = [`p.key = any(${bind(keys.map(asKept))}::text[])`];
    if (notOf !== undefined) conditions.push(`p.topic <> all(${bind(notOf)}::text[])`);
    if (after !== undefined) {
      const time = `${bind(after.parked_at)}::timestamptz`;
      conditions.push(
        after.id === undefined ? `p.parked_at <= ${time}` : `(p.parked_at, ${id}) < (${time}, ${bind(after.id)})`,
      );
    }
    return sql(
      `select ${columns} from ${parked} where ${conditions.join(' and ')}
       order by p.parked_at desc, ${id} desc limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
});

/** What a build could not take is nobody's worry any more once another has taken its place. */
const parked = `(
    select p.* from plenum.parked p
     where not exists (select from plenum.projection s
                        where s.name = p.consumer and s.version = p.version
                          and s.generation = p.generation and s.state in ('retired', 'dropped'))
  ) p`;

const id = `concat_ws('/', p.consumer, p.version, p.generation, p.topic, p.part, p.log_offset)`;

const columns = `
  ${id} as id, p.consumer as projection, p.version, p.generation, p.topic, p.part as partition,
  p.log_offset as "offset", p.key, p.event_id, p.code, p.reason, p.parked_at,
  substring(p.value for 1024) as value, octet_length(p.value) as value_length`;

const parkedPage = (
  sql: Sql,
  { projection, topic, key, code, notOf, after, limit }: ParkedAsked,
): Promise<Rows<ParkedRow>> => {
  const { parameters, bind } = binder();
  const conditions = ['true'];
  if (projection !== undefined) conditions.push(`p.consumer = ${bind(projection)}`);
  if (topic !== undefined) conditions.push(`p.topic = ${bind(topic)}`);
  if (key !== undefined) conditions.push(`p.key = ${bind(asKept(key))}`);
  if (code !== undefined) conditions.push(`p.code = ${bind(code)}`);
  if (notOf !== undefined) conditions.push(`p.topic <> all(${bind(notOf)}::text[])`);
  if (after !== undefined) {
    const place = [after.projection, after.version, after.generation, after.topic, after.partition, after.offset].map(
      bind,
    );
    const [setName, version, generation, topicName, partition, offset] = place;
    conditions.push(
      `(p.consumer, p.version, p.generation, p.topic, p.part, p.log_offset) >
         (${setName}, ${version}::int, ${generation}::int, ${topicName}, ${partition}::int, ${offset}::bigint)`,
    );
  }
  return sql(
    `select ${columns} from ${parked} where ${conditions.join(' and ')}
     order by p.consumer, p.version, p.generation, p.topic, p.part, p.log_offset limit ${bind(limit)}`,
    parameters,
    limit,
  );
};

/** What a key is parked under, as it is kept. */
const asKept = (key: string): string => keptText(parkedUnder(key));
