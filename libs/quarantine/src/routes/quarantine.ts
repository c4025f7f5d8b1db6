import { isUuid, parseTimeUs } from '@plenum/event';
import {
  defineRoute,
  identifier,
  Problem,
  pageFields,
  pageOf,
  payloadShown,
  problems,
  provenanceFields,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowsFor,
  shownPage,
  textOrNull,
  utcTime,
} from '@plenum/http';
import { Type } from 'typebox';
import { payloadStartBytes, type Refused } from '../reads.ts';
import type { QuarantineServices } from '../services.ts';

const refusedSchema = Type.Object({
  self: Type.String({ description: 'Where this message is with all bytes that were kept.' }),
  recorded_time: utcTime('When it was refused.'),
  client_id: Type.String({ description: 'Who sent it.' }),
  topic: Type.String({ description: 'The MQTT topic.' }),
  code: Type.String({ description: 'Why, for machines.' }),
  detail: Type.String({ description: 'Why, for people.' }),
  node_id: textOrNull({ description: 'The node that the topic names.' }),
  sensor_id: textOrNull({ description: 'The sensor that the topic names.' }),
  messages: Type.Integer({ description: 'One, or how many were only counted.' }),
  payload_base64: textOrNull({
    description: `Of a list item, the first ${payloadStartBytes} bytes; null if only counted.`,
  }),
  payload_text: textOrNull({ description: 'The start of it as text, where it is text.' }),
  payload_length: Type.Integer({ description: 'Bytes received.' }),
  payload_kept: Type.Integer({ description: 'Bytes kept: of an oversized message only the start.' }),
  payload_sha256: textOrNull({ description: 'Of all bytes received.' }),
  ...provenanceFields,
});

export const clientFields = {
  client: Type.Optional(Type.String({ description: 'Only from this MQTT client.', maxLength: 1000 })),
  code: Type.Optional(Type.String({ description: 'Only for this reason.', maxLength: 100 })),
};

export const quarantineRoutes = (services: QuarantineServices): readonly Route[] => [
  listRoute(services),
  oneRoute(services),
];

const listRoute = ({ reads: { quarantine }, limits }: QuarantineServices) =>
  defineRoute({
    method: 'GET',
    path: '/quarantine',
    access: { permission: 'read:quarantine' },
    projections: ['quarantine'],
    tags: ['quarantine'],
    summary: 'Messages that could not be understood, the last first',
    querystring: query({
      ...clientFields,
      node: Type.Optional(identifier('Only on topics of this node.')),
      sensor: Type.Optional(identifier('Only on topics of this sensor.')),
      ...rangeFields,
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(refusedSchema), ...problems() },
    handle: async ({ query: asked, place }) => {
      const { client, node, sensor, code, limit } = asked;
      const [recorded_time = '', event_id = ''] = place(2) ?? [];
      const after = event_id === '' ? undefined : { recorded_time, event_id };
      const where = { client, node, sensor, code, ...rangeOf(asked), after };
      const rows = await quarantine.page({ ...where, limit: rowsFor(limit) });
      return shownPage({ rows, limit, place: (row) => [row.recorded_time, row.event_id] }, shown);
    },
  });

const oneRoute = ({ reads: { quarantine } }: QuarantineServices) =>
  defineRoute({
    method: 'GET',
    path: '/quarantine/:time/:event',
    access: { permission: 'read:quarantine' },
    projections: ['quarantine'],
    tags: ['quarantine'],
    summary: 'One refused message with all bytes that were kept',
    params: Type.Object({
      time: Type.String({ description: 'As `self` of the message has it.', maxLength: 50 }),
      event: Type.String({ description: 'As `self` of the message has it.', maxLength: 36 }),
    }),
    querystring: query({}),
    answers: { 200: refusedSchema, ...problems(404) },
    handle: async ({ params: { time, event } }) => {
      const known =
        isUuid(event) && parseTimeUs(time) !== undefined
          ? await quarantine.byPlace({ recorded_time: time, event_id: event })
          : undefined;
      if (known === undefined) throw new Problem('not-found', 'No message of this time and id is in quarantine.');
      return shown(known);
    },
  });

const shown = ({ payload, ...row }: Refused) => {
  const { base64, text } = payloadShown(payload);
  const self = `/api/v1/quarantine/${row.recorded_time}/${row.event_id}`;
  return { self, ...row, payload_base64: base64, payload_text: text };
};
