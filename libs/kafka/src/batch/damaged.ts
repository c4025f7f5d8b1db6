/** What a broker answered is not what Kafka writes. Nobody who reads it may go on, and asking again does not help. */
export class DamagedBatch extends Error {
  override readonly name = 'DamagedBatch';
  /** kafkajs looks at it: whatever does not say so is tried again. */
  readonly retriable = false;
}

/** Says of which topic and partition it is. */
export const damageIn = (where: string, error: unknown): unknown =>
  error instanceof DamagedBatch ? new DamagedBatch(`${where}: ${error.message}`, { cause: error }) : error;
