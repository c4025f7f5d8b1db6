/** Errors as the replaced building system had them. */
import { Type } from 'typebox';
import { type Failures, failureAs } from './answer.ts';
import type { ProblemName } from './problem.ts';

const failure = Type.Object({ success: Type.Literal(false), error: Type.String() }, { title: 'BuildingFailure' });

/** For the answers of a route, beside its own. */
export const oldFailures = { 400: failure, 401: failure, 403: failure, 429: failure, 500: failure, 503: failure };

/** For one that takes an `Idempotency-Key`. */
export const oldKeyFailures = { 409: failure, 422: failure };

/** For one that takes a body. */
export const oldBodyFailures = { 413: failure, 415: failure };

/** What its clients compare with. */
const words: Readonly<Partial<Record<ProblemName, string>>> = {
  unauthenticated: 'Authentication required',
  forbidden: 'Insufficient permissions',
  'rate-limited': 'Rate limit exceeded',
};

/** For the routes that clients of that system call. */
export const asOldFailure: Failures = (problem) =>
  failureAs(problem, { success: false, error: words[problem.kind] ?? problem.message });
