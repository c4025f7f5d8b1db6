/** "Why was my message refused?": what the bridge quarantined, and what a read model could not take. */
import { type NodeReads, nodeNamedBySensor, sensorTypes } from '@plenum/ceiling';
import {
  defineRoute,
  identifier,
  integerOrNull,
  oneOf,
  type PageLimits,
  page,
  pageFields,
  pageOf,
  payloadShown,
  problems,
  query,
  type Route,
  rowsFor,
  textOrNull,
  utcTime,
} from '@plenum/http';
import type { QuarantineReads, Refused } from '@plenum/quarantine';
import type { PageMarks, Rows } from '@plenum/read-model';
import { Type } from 'typebox';
import type { ParkedReads, ParkedRow } from '../../consumers/parked.ts';
import { accessTopics } from '../projection/parked.ts';

export type RefusalRoutesParts = {
  readonly reads: {
    readonly quarantine: Pick<QuarantineReads, 'page'>;
    readonly parked: Pick<ParkedReads, 'ofKeys'>;
    readonly nodes: Pick<NodeReads, 'byId'>;
  };
  readonly limits: PageLimits;
};

const refusalSchema = Type.Object(
  {
    kind: oneOf(['quarantined', 'parked'], {
      description: 'Not understood by the bridge, or recorded and then refused by a read model.',
    }),
    time: utcTime('When it was refused.'),
    id: Type.String({
      description: 'The event, or projection/version/generation/topic/partition/offset of the parked record.',
    }),
    event_id: textOrNull(),
    code: Type.String({ description: 'Why, for machines.' }),
    reason: Type.String({ description: 'Why, for people.' }),
    topic: Type.String({ description: 'The MQTT topic, or the log topic of a parked record.' }),
    client_id: textOrNull({ description: 'Who sent it, where known.' }),
    payload_length: Type.Integer({ description: 'Bytes.' }),
    payload_text: textOrNull({ description: 'The start of it as text, where it is text.' }),
    log_partition: integerOrNull(),
    log_offset: integerOrNull(),
  },
  { title: 'Refusal' },
);

export const refusalRoutes = ({ reads, limits }: RefusalRoutesParts): readonly Route[] => [
  defineRoute({
    operationId: 'listRefusalsOfNode',
    method: 'GET',
    path: '/nodes/:id/refusals',
    access: { permission: 'read:quarantine' },
    projections: ['quarantine', 'nodes', 'readings'],
    tags: ['ceiling'],
    summary: 'Why messages of a node and its sensors were refused, the last first',
    params: Type.Object({ id: identifier('Which node, known or not.') }),
    querystring: query(pageFields(limits)),
    answers: { 200: pageOf(refusalSchema), ...problems() },
    handle: async ({ params: { id: node }, query: { limit }, place }) => {
      const [time, kind, id] = place(3) ?? [];
      const after = time === undefined || id === undefined ? undefined : { time, kind, id };
      const rows = await refusalsOf(reads, { node, after, limit: rowsFor(limit) });
      return page({ rows, limit, place: (row) => [row.time, row.kind, row.id] });
    },
  }),
];

type Asked = {
  readonly node: string;
  readonly after: { readonly time: string; readonly kind: string | undefined; readonly id: string } | undefined;
  readonly limit: number;
};

/** The order across both: time, then quarantined before parked, then id; all falling. */
const refusalsOf = async (
  { quarantine, parked, nodes }: RefusalRoutesParts['reads'],
  { node, after, limit }: Asked,
): Promise<Rows<Refusal>> => {
  // Sensors whose ids name no node, and that its registration claims.
  const registered = (await nodes.byId(node, 0))?.sensors ?? [];
  const claimed = registered.filter((sensor) => nodeNamedBySensor(sensor) === undefined);
  const keys = new Set([node, ...sensorTypes.map((type) => `${node}_${type}`), ...claimed]);
  const [refused, aside] = await Promise.all([
    quarantine.page({ node, claimed, limit, after: after && quarantinedAfter(after) }),
    parked.ofKeys({ keys: [...keys], notOf: accessTopics, limit, after: after && parkedAfter(after) }),
  ]);
  return merged(shownRows(refused, quarantinedRow), shownRows(aside, parkedRow), limit);
};

type Shown = readonly Refusal[] & PageMarks;

const shownRows = <R>(rows: Rows<R>, show: (row: R) => Refusal): Shown => {
  const { bytes, isCut } = rows;
  return Object.assign(rows.map(show), bytes === undefined ? {} : { bytes, isCut: isCut === true });
};

/** Of a list that was cut nothing is known after its last row, so the other one ends there too. */
const merged = (one: Shown, other: Shown, limit: number): Shown => {
  const ends = [one, other].flatMap((rows) => (rows.isCut === true ? rows.slice(-1) : []));
  const all = [...one, ...other].sort(lastFirst);
  const known = all.slice(0, Math.min(limit, ...ends.map((end) => all.indexOf(end) + 1)));
  if (one.bytes === undefined && other.bytes === undefined) return known;
  return Object.assign(known, { bytes: (one.bytes ?? 0) + (other.bytes ?? 0), isCut: ends.length > 0 });
};

const idMin = '00000000-0000-0000-0000-000000000000';

type Place = NonNullable<Asked['after']>;

/** After a parked record nothing quarantined of the same moment is left. */
const quarantinedAfter = ({ time, kind, id }: Place) => ({
  recorded_time: time,
  event_id: kind === 'quarantined' ? id : idMin,
});

/** After a quarantined message all parked records of the same moment are still to come. */
const parkedAfter = ({ time, kind, id }: Place) => ({ parked_at: time, id: kind === 'parked' ? id : undefined });

type Refusal = ReturnType<typeof quarantinedRow> | ReturnType<typeof parkedRow>;

const lastFirst = (a: Refusal, b: Refusal): number => {
  if (a.time !== b.time) return a.time < b.time ? 1 : -1;
  // Rows of one kind keep the order in which the database gave them: its collation is not ours.
  return a.kind === b.kind ? 0 : a.kind === 'quarantined' ? -1 : 1;
};

const quarantinedRow = (row: Refused) => ({
  kind: 'quarantined' as const,
  time: row.recorded_time,
  id: row.event_id,
  event_id: row.event_id,
  code: row.code,
  reason: row.detail,
  topic: row.topic,
  client_id: row.client_id,
  payload_length: row.payload_length,
  payload_text: payloadShown(row.payload).text,
  log_partition: row.log_partition,
  log_offset: row.log_offset,
});

const parkedRow = (row: ParkedRow) => ({
  kind: 'parked' as const,
  time: row.parked_at,
  id: row.id,
  event_id: row.event_id,
  code: row.code,
  reason: row.reason,
  topic: row.topic,
  client_id: null,
  payload_length: row.value_length,
  payload_text: payloadShown(row.value).text,
  log_partition: row.partition,
  log_offset: row.offset,
});
