export {
  type Actor,
  actorName,
  type Command,
  type CommandMetadata,
  command,
  entityOf,
  type KeyedRequest,
  kindOf,
  type Made,
  plenumItself,
  type StreamId,
  streamOf,
} from './command.ts';
export {
  type Decided,
  type Decider,
  decided,
  type Fault,
  faulty,
  isEvent,
  type NewEvent,
  newEvent,
  type Refused,
  type ReservingStreams,
  refused,
  reservingStreams,
} from './decider.ts';
export {
  type AvroSchema,
  defineEvent,
  type EventDefinition,
  eventsIn,
  registrySubject,
  upcast,
} from './define-event.ts';
export type { DecidedEvent, Decision, Event, Trace } from './event.ts';
export {
  contentId,
  type Digest,
  formatUuid,
  isUuid,
  nameId,
  observationNamespace,
  timeId,
  uuidBytes,
} from './identity.ts';
export {
  actsBeyond,
  defaultOrganisation,
  installationPermission,
  isOrganisation,
  mayMeet,
  seenBy,
} from './organisation.ts';
export { murmur2, partitionOf } from './partition.ts';
export {
  erasedPersonal,
  isPersonalType,
  isSamePersonal,
  type Personal,
  type PersonalFields,
  type PersonalPlace,
  personal,
  personalFieldsOf,
  personalText,
  personalValues,
  personOf,
  recordedBytes,
  recordedPersonal,
  storedBytes,
  storedPersonal,
  withPersonal,
} from './personal.ts';
export {
  type DecidedTables,
  defineReaction,
  type Reaction,
  type ReactionTools,
  reactionCommandId,
} from './reaction.ts';
export type { Conflict, NotDone, Receipt } from './receipt.ts';
export {
  clockLeadMaxUs,
  effectiveTimeUs,
  formatTimeUs,
  minuteOfUs,
  parseTimeUs,
  readTimeUs,
  timeUsMax,
  timeUsMin,
  utc,
  type ZoneOffset,
} from './time.ts';
export { defineTopic, type Topic, type TopicConfig } from './topic.ts';
export {
  type Message,
  type MessageRefusal,
  type MessageSubject,
  type TranslateTools,
  type Translation,
  unknownTopic,
} from './translation.ts';
export {
  firstUserProperties,
  readUserProperties,
  type UserProperties,
  type UserProperty,
  userPropertiesBeyond,
  userPropertiesHeader,
  userPropertiesMax,
  userPropertiesText,
} from './user-properties.ts';
