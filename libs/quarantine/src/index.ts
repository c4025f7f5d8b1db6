export { quarantine } from './domain.ts';
export {
  MessageQuarantined,
  type MessageQuarantinedData,
  MessagesDiscarded,
  type MessagesDiscardedData,
} from './events.ts';
export { type QuarantineCountsRow, type QuarantineRow, quarantineProjection } from './quarantine-projection.ts';
export {
  type CountsAsked,
  payloadStartBytes,
  type QuarantineAsked,
  type QuarantineReads,
  quarantineReads,
  type Refused,
  type RefusedCount,
  type RefusedPlace,
} from './reads.ts';
export {
  messageQuarantined,
  messagesDiscarded,
  type RefusedCounts,
  type RefusedMessage,
} from './refused-messages.ts';
export { quarantineTopic } from './topics.ts';
