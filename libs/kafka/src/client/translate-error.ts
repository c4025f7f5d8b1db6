/** What kafkajs throws, as one of the kinds of error that the loops above know. */
import { LogTruncated, Poison, TransientFailure } from '@plenum/runtime';

/** The broker's names for records that it will never take. */
const poisonTypes = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_TIMESTAMP', 'INVALID_RECORD']);

/** Not retriable for kafkajs, and yet over after a while or with a new producer. */
const passingTypes = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'DUPLICATE_SEQUENCE_NUMBER',
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);

const passingNames = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSGroupCoordinatorNotFound',
]);

/** The fields that kafkajs' errors have, as far as anybody looks at them. */
type Described = Error & { readonly type?: unknown; readonly code?: unknown; readonly retriable?: unknown };

/** TransientFailure, Poison, or the error itself: a bug, or something that only a person can put right (no permission). */
export const translateError = (error: unknown): Error => {
  if (error instanceof TransientFailure || error instanceof Poison || error instanceof LogTruncated) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const root = rootOf(error);
  // A bare error, thrown for a broker whose connection broke while it was being made.
  if (root.message === 'Broker not connected')
    return new TransientFailure('connection', root.message, { cause: error });
  if (!root.name.startsWith('KafkaJS')) return error;

  const type = typeof root.type === 'string' ? root.type : undefined;
  // kafkajs takes it for something to try again, which is how a consumer comes to skip records.
  if (type === 'OFFSET_OUT_OF_RANGE') return root;
  if (type !== undefined && poisonTypes.has(type)) return new Poison(type, root.message, { cause: error });
  const passing =
    root.retriable === true || passingNames.has(root.name) || (type !== undefined && passingTypes.has(type));
  return passing ? new TransientFailure(type ?? codeOf(root), root.message, { cause: error }) : error;
};

const codeOf = (error: Described): string => (typeof error.code === 'string' ? error.code : error.name);

/** kafkajs wraps what failed in what it did about it (`NumberOfRetriesExceeded`), sometimes twice. */
const rootOf = (error: Error): Described => {
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  return root;
};
