/** Who knocked, who was let in, and who tried what he may not. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { type SecurityReads, securityEventTypes, seenBy, severities } from '@plenum/access';
import {
  identifier,
  jsonObjectOrNull,
  oneOf,
  type PageLimits,
  pageFields,
  pageOf,
  problems,
  query,
  rangeFields,
  rangeOf,
  rowsFor,
  textOrNull,
  utcTime,
} from '@plenum/http';
import { page, placeOf } from '../../conventions/pages.ts';
import { organisationAsked } from './access-fields.ts';

export type SecurityEventRoutesParts = { readonly security: SecurityReads; readonly limits: PageLimits };

const eventSchema = Type.Object({
  event_id: Type.String(),
  timestamp: utcTime('When it happened.'),
  event_type: Type.String(),
  user_id: textOrNull({ description: 'Who it was, where that was made out.' }),
  organisation: textOrNull({ description: 'That of the identity. Where none was made out: of the installation.' }),
  ip_address: Type.String(),
  user_agent: textOrNull(),
  resource: Type.String({ description: 'The path that was asked for.' }),
  action: Type.String(),
  success: Type.Boolean(),
  details: jsonObjectOrNull(),
  severity: Type.String(),
  occurrences: Type.Integer({ description: 'How many this stands for.' }),
  log_partition: Type.Integer(),
  log_offset: Type.Integer(),
});

export const securityEventRoutes =
  ({ security, limits }: SecurityEventRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/security-events',
      {
        config: { access: { permission: 'admin:security' }, projections: ['security_events'] },
        schema: {
          tags: ['access'],
          summary: 'Security events, the last first',
          querystring: query({
            organisation: organisationAsked,
            user: Type.Optional(identifier('Only of this identity.')),
            address: Type.Optional(identifier('Only from this address.')),
            type: Type.Optional(oneOf(securityEventTypes)),
            severity: Type.Optional(oneOf(severities)),
            ...rangeFields,
            ...pageFields(limits),
          }),
          response: { 200: pageOf(eventSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { user, address, type, severity, limit } = request.query;
        const [timestamp = '', event_id = ''] = placeOf(request, 2) ?? [];
        const after = event_id === '' ? undefined : { timestamp, event_id };
        const organisation = seenBy(request.identity, request.query.organisation);
        const asked = { organisation, user, address, type, severity, ...rangeOf(request.query), after };
        const rows = await security.page({ ...asked, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: (row) => [row.timestamp, row.event_id] });
      },
    );
  };
