/** The answers of S3 and of the network before it, in the words of the ports. */
import { TransientFailure } from '@plenum/runtime';

/** Of the network. */
const away: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET'],
]);

/** Of S3 and of its client, beside all that has a status of 500 or more. */
const busy: ReadonlySet<string> = new Set([
  ...['TimeoutError', 'RequestTimeout', 'RequestTimeoutException', 'SlowDown', 'Throttling', 'ThrottlingException'],
  ...['TooManyRequests', 'OperationAborted', 'ConditionalRequestConflict'],
]);

type Found = { readonly name?: unknown; readonly code?: unknown; readonly $metadata?: { httpStatusCode?: number } };

export const statusOf = (error: unknown): number => (error as Found | undefined)?.$metadata?.httpStatusCode ?? 0;

export const translateS3Error = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const { name, code } = error as Found;
  const status = statusOf(error);
  const isTransient =
    status >= 500 || status === 429 || status === 408 || away.has(String(code)) || busy.has(String(name));
  return isTransient ? new TransientFailure('s3', error.message || String(code ?? name), { cause: error }) : error;
};

export const refuse = (error: unknown): never => {
  throw translateS3Error(error);
};

export const isMissing = (error: unknown): boolean => statusOf(error) === 404 && !isOfBucket(error);

const isOfBucket = (error: unknown): boolean => (error as Found).name === 'NoSuchBucket';

/** What a conditional write is answered when there was something. */
export const isTaken = (error: unknown): boolean => statusOf(error) === 412;
