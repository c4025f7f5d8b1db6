/** Who knocked, who was let in, and who tried what they may not. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  identifier,
  jsonObjectOrNull,
  oneOf,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowsFor,
  textOrNull,
  utcTime,
} from '@plenum/http';
import { Type } from 'typebox';
import { securityEventTypes } from '../security/security-event-seen.ts';
import { severities } from '../security/security-events.ts';
import type { AccessServices } from '../services.ts';
import { organisationAsked } from './fields.ts';

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

export const securityEventRoutes = ({ reads: { security }, limits }: AccessServices): readonly Route[] => [
  defineRoute({
    method: 'GET',
    path: '/security-events',
    access: { permission: 'admin:security' },
    projections: ['security_events'],
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
    answers: { 200: pageOf(eventSchema), ...problems() },
    handle: async ({
      query: { organisation: of, user, address, type, severity, limit, ...range },
      place,
      identity,
    }) => {
      const [timestamp = '', event_id = ''] = place(2) ?? [];
      const after = event_id === '' ? undefined : { timestamp, event_id };
      const organisation = seenBy(identity, of);
      const asked = { organisation, user, address, type, severity, ...rangeOf(range), after };
      const rows = await security.page({ ...asked, limit: rowsFor(limit) });
      return page({ rows, limit, place: (row) => [row.timestamp, row.event_id] });
    },
  }),
];
