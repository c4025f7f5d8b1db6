import { defaultOrganisation, defineEvent } from '@plenum/event';
import {
  type SecurityEventSeenV1,
  type SecurityEventSeenV2,
  securityEventSeenV1,
  securityEventSeenV2,
} from '../generated/schemas.ts';
import { securityTopic } from '../topics.ts';

/** Somebody authenticated or failed to. Not a decision: nothing is refused because of it, so it goes straight to the log. */
export type SecurityEventSeenData = SecurityEventSeenV2;

export const SecurityEventSeen = defineEvent<SecurityEventSeenData>()({
  topic: securityTopic.name,
  key: ({ user_id, ip_address }) => user_id ?? ip_address,
  schemas: [securityEventSeenV1, securityEventSeenV2],
  // There was one organisation then.
  upcast: {
    1: (older: SecurityEventSeenV1): SecurityEventSeenV2 => ({
      ...older,
      organisation: older.user_id === undefined ? undefined : defaultOrganisation,
    }),
  },
});

export const securityEventTypes = [
  'authentication_success',
  'authentication_failed',
  'authorization_failed',
  'rate_limit_exceeded',
] as const;
export type SecurityEventType = (typeof securityEventTypes)[number];
