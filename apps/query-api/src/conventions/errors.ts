/** From whatever was thrown to the problem a client may see. */
import { Problem, type ProblemName } from '@plenum/http';
import { Poison, TransientFailure } from '@plenum/runtime';
import type { FastifyError } from 'fastify';

/** Total. What is not known becomes `internal`, without a word of its message. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof TransientFailure) return transientProblem(error);
  if (error instanceof Poison) {
    return error.code === overflow
      ? new Problem('out-of-range', 'A sum over these intervals leaves the range of a double.')
      : new Problem('validation', 'A parameter holds a value that the database cannot take.');
  }
  if (isFastifyError(error)) return fastifyProblem(error);
  return new Problem('internal', 'The request could not be answered because of a bug.');
};

/** SQLSTATE numeric_value_out_of_range. */
const overflow = '22003';
/** SQLSTATE query_canceled, which a statement_timeout raises, and what the driver says when it waits no longer. */
const timeouts: ReadonlySet<string> = new Set(['57014', 'ETIMEDOUT']);

const transientProblem = ({ code }: TransientFailure): Problem =>
  timeouts.has(code)
    ? new Problem('timeout', 'The database did not finish in time.', { headers: { 'retry-after': '5' } })
    : new Problem('unavailable', transientDetails[code] ?? 'The database does not answer.', {
        headers: { 'retry-after': '2' },
      });

const transientDetails: Readonly<Record<string, string>> = {
  'not-prepared': 'The read models are not made yet; the projector does that when it starts.',
  busy: 'Too many large answers are on their way.',
  'log-unseen': 'The log has not answered since this process started, so the age of an answer is not known.',
};

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_');

const byStatus: Readonly<Record<number, ProblemName>> = {
  404: 'not-found',
  413: 'too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
};

const fastifyProblem = (error: FastifyError): Problem => {
  if (error.validation !== undefined) return validationProblem(error, error.validation);
  const status = error.statusCode ?? 500;
  if (status >= 500) return new Problem('internal', 'The request could not be answered because of a bug.');
  return new Problem(byStatus[status] ?? 'validation', error.message);
};

/** More of them help nobody. */
const faultsMax = 50;

type Failed = NonNullable<FastifyError['validation']>;

const validationProblem = ({ validationContext }: FastifyError, failed: Failed): Problem => {
  const errors = failed.slice(0, faultsMax).map(({ instancePath, message = 'is not valid', params }) => {
    const unknown = 'additionalProperty' in params ? params.additionalProperty : undefined;
    if (typeof unknown === 'string')
      return { in: validationContext ?? 'request', parameter: unknown, detail: 'is not known' };
    const missing = 'missingProperty' in params ? params.missingProperty : undefined;
    const parameter = (typeof missing === 'string' ? `${instancePath}/${missing}` : instancePath).slice(1);
    return { in: validationContext ?? 'request', parameter, detail: message };
  });
  const detail = errors.map((one) => `${one.in}: ${one.parameter} ${one.detail}`.replace(':  ', ': ')).join('; ');
  return new Problem('validation', `${detail}.`, { extra: { errors } });
};
