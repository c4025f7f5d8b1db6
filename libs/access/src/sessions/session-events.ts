import { defineEvent } from '@plenum/event';
import { type SessionEndedV1, type SessionStartedV1, sessionEndedV1, sessionStartedV1 } from '../generated/schemas.ts';
import { sessionStream } from '../streams.ts';
import { accessTopic } from '../topics.ts';

const ofSession = {
  topic: accessTopic.name,
  key: ({ token_id }: { readonly token_id: string }) => sessionStream(token_id),
};

export const SessionStarted = defineEvent<SessionStartedV1>()({ ...ofSession, schemas: [sessionStartedV1] });
export const SessionEnded = defineEvent<SessionEndedV1>()({ ...ofSession, schemas: [sessionEndedV1] });

export const endReasons = ['logged-out', 'revoked', 'password-changed', 'replaced'] as const;
export type EndReason = (typeof endReasons)[number];
