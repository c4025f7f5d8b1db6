import { isUuid, parseTimeUs } from '@plenum/event';
import {
  defineRoute,
  identifier,
  Problem,
  pageFields,
  pageOf,
  payloadShown,
  problems,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowSchema,
  rowsFor,
  shownPage,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import { quarantine } from '../quarantine-projection.ts';
import { payloadStartBytes, type Refused } from '../reads.ts';
import type { QuarantineServices } from '../services.ts';

const refusedSchema = rowSchema('RefusedMessage', quarantine, {
  self: Type.String({ description: 'Where this message is with all bytes that were kept.' }),
  payload_base64: textOrNull({
    description: `Of a list item, the first ${payloadStartBytes} bytes; null if only counted.`,
  }),
  payload_text: textOrNull({ description: 'The start of it as text, where it is text.' }),
  payload_kept: Type.Integer({ description: 'Bytes kept: of an oversized message only the start.' }),
});

export const clientFields = {
  client: Type.Optional(Type.String({ description: 'Only from this MQTT client.', maxLength: 1000 })),
  code: Type.Optional(Type.String({ description: 'Only for this reason.', maxLength: 100 })),
};

export const quarantineRoutes = (services: QuarantineServices): readonly Route[] => [
  listRoute(services),
  oneRoute(services),
];

const listRoute = ({ reads, limits }: QuarantineServices) =>
  defineRoute({
    operationId: 'listRefusedMessages',
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
      const rows = await reads.quarantine.page({ ...where, limit: rowsFor(limit) });
      return shownPage({ rows, limit, place: (row) => [row.recorded_time, row.event_id] }, shown);
    },
  });

const oneRoute = ({ reads }: QuarantineServices) =>
  defineRoute({
    operationId: 'getRefusedMessage',
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
          ? await reads.quarantine.byPlace({ recorded_time: time, event_id: event })
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
