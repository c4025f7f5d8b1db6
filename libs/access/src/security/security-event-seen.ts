import { defineEvent } from '@plenum/event';
import { type SecurityEventSeenV1, securityEventSeenV1 } from '../generated/schemas.ts';
import { securityTopic } from '../topics.ts';

/** Somebody knocked. Not a decision: nothing is refused because of it, so it goes straight to the log. */
export type SecurityEventSeenData = SecurityEventSeenV1;

export const SecurityEventSeen = defineEvent<SecurityEventSeenData>()({
  topic: securityTopic.name,
  key: ({ user_id, ip_address }) => user_id ?? ip_address,
  schemas: [securityEventSeenV1],
});

export const securityEventTypes = [
  'authentication_success',
  'authentication_failed',
  'authorization_failed',
  'rate_limit_exceeded',
] as const;
export type SecurityEventType = (typeof securityEventTypes)[number];
