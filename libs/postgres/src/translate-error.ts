import { Poison, TransientFailure } from '@plenum/runtime';

/**
 * SQLSTATE classes that say the data will never be accepted: data exception, integrity constraint violation, program
 * limit exceeded (JSON too deep, a text too long for an index).
 */
const poisonClasses = new Set(['22', '23', '54']);

/**
 * SQLSTATE classes that pass: connection exception, transaction rollback (deadlock, serialisation), insufficient
 * resources (disk full, out of memory, too many connections), operator intervention (shutdown), system error.
 * 25006: a standby before its promotion, or our own server while its disk is nearly full. 25P03: a transaction that was
 * idle too long. 55P03: a lock not to be had in time.
 */
const transientClasses = new Set(['08', '40', '53', '57', '58']);
const transientCodes = new Set(['25006', '25P03', '55P03']);

/** What node's sockets and node-postgres say when the server is away. */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const driverMessages =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|client was closed/i;

/** A driver's error as TransientFailure or Poison; anything else is a bug and comes back as it is. */
export const translateError = (error: unknown): Error => {
  if (error instanceof TransientFailure || error instanceof Poison) return error;
  if (!(error instanceof Error)) return new Error(String(error));

  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (poisonClasses.has(code.slice(0, 2)) && code.length === 5)
    return new Poison(code, error.message, { cause: error });
  const passing =
    (code.length === 5 && transientClasses.has(code.slice(0, 2))) ||
    transientCodes.has(code) ||
    socketCodes.has(code) ||
    driverMessages.test(error.message);
  return passing ? new TransientFailure(code || 'connection', error.message, { cause: error }) : error;
};
