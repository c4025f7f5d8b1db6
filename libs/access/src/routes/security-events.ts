/** Who knocked, who was let in, and who tried what they may not. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  identifier,
  oneOf,
  organisationAsked,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowSchema,
  rowsFor,
} from '@plenum/http';
import { Type } from 'typebox';
import { securityEventTypes } from '../security/security-event-seen.ts';
import { securityEvents, severities } from '../security/security-events.ts';
import type { AccessServices } from '../services.ts';

const eventSchema = rowSchema('SecurityEvent', securityEvents);

export const securityEventRoutes = ({ reads: { security }, limits }: AccessServices): readonly Route[] => [
  defineRoute({
    operationId: 'listSecurityEvents',
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
