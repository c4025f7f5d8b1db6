/** Everything Plenum records and derives, in three lists. A new event, topic or read model is one line here. */
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  accessTopic,
  apiKeysSet,
  jwtTokensSet,
  LoginClaimed,
  LoginReleased,
  SecurityEventSeen,
  SessionEnded,
  SessionStarted,
  securityEventsSet,
  securityTopic,
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
  usersSet,
  VerifierSealed,
  VerifierWithdrawn,
  verifiersSet,
  verifiersTopic,
} from '@plenum/access';
import {
  CommandSeen,
  commandsTopic,
  NodeRegistered,
  NodeStatusReported,
  nodesSet,
  nodesTopic,
  ReadingReported,
  readingsSet,
  readingsTopic,
} from '@plenum/ceiling';
import type { EventDefinition, Topic } from '@plenum/event';
import { MessageQuarantined, MessagesDiscarded, quarantineSet, quarantineTopic } from '@plenum/quarantine';
import type { ReadModelSet } from '@plenum/read-model';

/** Every fact this system can record. */
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
  LoginClaimed,
  LoginReleased,
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
  commandsTopic,
  quarantineTopic,
  accessTopic,
  verifiersTopic,
  securityTopic,
];

/** Everything that is derived from them. */
export const sets: readonly ReadModelSet[] = [
  readingsSet,
  nodesSet,
  quarantineSet,
  usersSet,
  apiKeysSet,
  jwtTokensSet,
  verifiersSet,
  securityEventsSet,
];
