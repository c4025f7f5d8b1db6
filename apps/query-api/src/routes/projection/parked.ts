import { accessTopic, allows, credentialHashesTopic, type Permission, securityTopic } from '@plenum/access';
import {
  defineRoute,
  type PageLimits,
  pageFields,
  pageOf,
  payloadShown,
  problems,
  query,
  type Route,
  rowsFor,
  shownPage,
  textOrNull,
  utcTime,
} from '@plenum/http';
import { Type } from 'typebox';
import type { ParkedReads, ParkedRow } from '../../consumers/parked.ts';

export type ParkedRoutesParts = {
  readonly reads: { readonly parked: Pick<ParkedReads, 'page'> };
  readonly limits: PageLimits;
};

const parkedSchema = Type.Object(
  {
    id: Type.String({ description: 'projection/version/generation/topic/partition/offset' }),
    projection: Type.String({
      description: 'The projection that could not take it, or the reaction, as `reaction-…`.',
    }),
    version: Type.Integer(),
    generation: Type.Integer(),
    topic: Type.String(),
    partition: Type.Integer(),
    offset: Type.Integer(),
    key: Type.String({ description: 'Of the record. Everything later with this key waits behind it.' }),
    event_id: textOrNull({ description: 'Null when the record could not be decoded.' }),
    code: Type.String({ description: 'A SQLSTATE, `undecodable`, or `behind` for those that wait.' }),
    reason: Type.String(),
    parked_at: utcTime('When it was set aside.'),
    value_length: Type.Integer({ description: 'Bytes of the record.' }),
    value_base64: textOrNull({ description: 'The first 1024 of them.' }),
  },
  { title: 'ParkedRecord' },
);

/** Their records have people in them, and what is encrypted. */
export const accessTopics = [accessTopic, credentialHashesTopic, securityTopic].map(({ name }) => name);

const filterField = (description: string) => Type.Optional(Type.String({ description, maxLength: 250 }));

export const parkedRoutes = ({ reads: { parked }, limits }: ParkedRoutesParts): readonly Route[] => [
  defineRoute({
    operationId: 'listParkedRecords',
    method: 'GET',
    path: '/parked',
    access: { permission: 'read:quarantine' },
    projections: 'all',
    tags: ['projection'],
    summary: 'Records that a projection or a reaction could not take, by their position in the log',
    description: 'Those that say who has access are shown to callers with `admin:security`.',
    querystring: query({
      projection: filterField('Only of this projection, or `reaction-…`.'),
      topic: filterField('Only of this log topic.'),
      key: filterField('Only with this record key.'),
      code: filterField('Only for this reason.'),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(parkedSchema), ...problems() },
    handle: async ({ query: { projection, topic, key, code, limit }, place, identity }) => {
      const after = parkedPlace(place(6));
      const mayAll = allows(identity?.permissions ?? [], 'admin:security' satisfies Permission);
      const notOf = mayAll ? undefined : accessTopics;
      const rows = await parked.page({ projection, topic, key, code, notOf, after, limit: rowsFor(limit) });
      return shownPage({ rows, limit, place: placeOfRow }, ({ value, ...row }) => ({
        ...row,
        value_base64: payloadShown(value).base64,
      }));
    },
  }),
];

const placeOfRow = (row: ParkedRow): readonly string[] => [
  ...[row.projection, String(row.version), String(row.generation)],
  ...[row.topic, String(row.partition), String(row.offset)],
];

const parkedPlace = (place: readonly string[] | undefined) => {
  if (place === undefined) return undefined;
  const [projection = '', version, generation, topic = '', partition, offset] = place;
  const build = { projection, version: Number(version), generation: Number(generation) };
  return { ...build, topic, partition: Number(partition), offset: Number(offset) };
};
