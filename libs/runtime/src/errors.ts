/**
 * TransientFailure: something outside is away for a while (a log, a database, a disk, a registry). Nothing is wrong with the
 * data; wait and try again, bounded and visibly, and park nothing. Adapters translate their driver's errors to it.
 */
export class TransientFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransientFailure';
    this.code = code;
  }
}

/**
 * Poison: data that will never be accepted however often it is tried (bytes that do not decode, a row that the
 * database refuses with SQLSTATE 22, 23 or 54). It is set aside with this reason and everything else goes on.
 */
export class Poison extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Poison';
    this.code = code;
  }
}

/** The log no longer holds what a consumer still needs. Never skipped over: somebody has to decide. */
export class LogTruncated extends Error {
  constructor(topic: string, partition: number, wanted: bigint, first: bigint) {
    super(`${topic}/${partition} starts at ${first}, but ${wanted} was wanted: events in between are gone`);
    this.name = 'LogTruncated';
  }
}
