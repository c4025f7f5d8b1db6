export { type Decided, type Decider, decided, fact, isFact, type NewFact, type Refused, refused } from './decider.ts';
export {
  type AvroSchema,
  defineEvent,
  type EventDefinition,
  isEvent,
  registrySubject,
  upcast,
} from './define-event.ts';
export type { Decision, Event, Trace } from './event.ts';
export { contentId, type Digest, formatUuid, isUuid, observationNamespace, timeId, uuidBytes } from './identity.ts';
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
