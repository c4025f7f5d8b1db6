/** Everything Plenum records and derives, in lists. A new event, topic or read model is one line here. */
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  accessTopic,
  apiKeysProjection,
  authorizationTables,
  jwtTokensProjection,
  SecurityEventSeen,
  SessionEnded,
  SessionStarted,
  securityEventsProjection,
  securityTopic,
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
  user,
  usersProjection,
  VerifierSealed,
  VerifierWithdrawn,
  verifiersProjection,
  verifiersTopic,
} from '@plenum/access';
import {
  CommandSeen,
  commandsSeenTopic,
  NodeRegistered,
  NodeStatusReported,
  nodesProjection,
  nodesTopic,
  ReadingReported,
  readingsProjection,
  readingsTopic,
} from '@plenum/ceiling';
import {
  type EventDefinition,
  type Reaction,
  type ReservingStreams,
  reservingStreams,
  type Topic,
} from '@plenum/event';
import { MessageQuarantined, MessagesDiscarded, quarantineProjection, quarantineTopic } from '@plenum/quarantine';
import type { InlineProjection, Projection } from '@plenum/read-model';

/** Every event this system can record. */
export const events: readonly EventDefinition<never>[] = [
  ReadingReported,
  NodeRegistered,
  NodeStatusReported,
  CommandSeen,
  MessageQuarantined,
  MessagesDiscarded,
  UserCreated,
  UserChanged,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserUnlocked,
  UserSessionsEnded,
  ApiKeyIssued,
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyRevoked,
  ApiKeyUsed,
  SessionStarted,
  SessionEnded,
  VerifierSealed,
  VerifierWithdrawn,
  SecurityEventSeen,
];

/** Every place they are kept in. */
export const topics: readonly Topic[] = [
  readingsTopic,
  nodesTopic,
  commandsSeenTopic,
  quarantineTopic,
  accessTopic,
  verifiersTopic,
  securityTopic,
];

/** Everything that is derived from them. */
export const projections: readonly Projection[] = [
  readingsProjection,
  nodesProjection,
  quarantineProjection,
  usersProjection,
  apiKeysProjection,
  jwtTokensProjection,
  verifiersProjection,
  securityEventsProjection,
];

/** Tables that are written in the transaction of each decision. */
export const inlineProjections: readonly InlineProjection[] = [authorizationTables];

/** Streams that hold names alone. */
export const reserving: readonly ReservingStreams[] = [reservingStreams('user', user)];
/** Everything that events make us ask for. */
export const reactions: readonly Reaction[] = [];
