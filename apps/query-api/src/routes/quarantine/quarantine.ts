import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { isUuid, parseTimeUs } from '@plenum/event';
import { payloadStartBytes, type QuarantineReads, type Refused } from '@plenum/quarantine';
import { identifier, provenanceFields, query, textOrNull, utcTime } from '../../conventions/fields.ts';
import { type PageLimits, pageFields, pageOf, placeOf, rowsFor, shownPage } from '../../conventions/pages.ts';
import { payloadShown } from '../../conventions/payload.ts';
import { Problem, problems } from '../../conventions/problem.ts';
import { rangeFields, rangeOf } from '../../conventions/times.ts';

export type QuarantineRoutesParts = {
  readonly quarantine: Pick<QuarantineReads, 'page' | 'byPlace'>;
  readonly limits: PageLimits;
};

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

export const quarantineRoutes =
  ({ quarantine, limits }: QuarantineRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/quarantine',
      {
        config: { access: { permission: 'read:quarantine' }, projections: ['quarantine'] },
        schema: {
          tags: ['quarantine'],
          summary: 'Messages that could not be understood, the last first',
          querystring: query({
            ...clientFields,
            node: Type.Optional(identifier('Only on topics of this node.')),
            sensor: Type.Optional(identifier('Only on topics of this sensor.')),
            ...rangeFields,
            ...pageFields(limits),
          }),
          response: { 200: pageOf(refusedSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { client, node, sensor, code, limit } = request.query;
        const [recorded_time = '', event_id = ''] = placeOf(request, 2) ?? [];
        const after = event_id === '' ? undefined : { recorded_time, event_id };
        const asked = { client, node, sensor, code, ...rangeOf(request.query), after };
        const rows = await quarantine.page({ ...asked, limit: rowsFor(limit) });
        return shownPage(reply, { rows, limit, place: (row) => [row.recorded_time, row.event_id] }, shown);
      },
    );

    app.get(
      '/quarantine/:time/:event',
      {
        config: { access: { permission: 'read:quarantine' }, projections: ['quarantine'] },
        schema: {
          tags: ['quarantine'],
          summary: 'One refused message with all bytes that were kept',
          params: Type.Object({
            time: Type.String({ description: 'As `self` of the message has it.', maxLength: 50 }),
            event: Type.String({ description: 'As `self` of the message has it.', maxLength: 36 }),
          }),
          querystring: query({}),
          response: { 200: refusedSchema, ...problems(404) },
        },
      },
      async ({ params: { time, event } }) => {
        const known =
          isUuid(event) && parseTimeUs(time) !== undefined
            ? await quarantine.byPlace({ recorded_time: time, event_id: event })
            : undefined;
        if (known === undefined) throw new Problem('not-found', 'No message of this time and id is in quarantine.');
        return shown(known);
      },
    );
  };

const shown = ({ payload, ...row }: Refused) => {
  const { base64, text } = payloadShown(payload);
  const self = `/api/v1/quarantine/${row.recorded_time}/${row.event_id}`;
  return { self, ...row, payload_base64: base64, payload_text: text };
};
