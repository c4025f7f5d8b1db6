/** Errors as the replaced API server had them: an envelope with a code. `type` is beside what that server had, and stable. */
import { Type } from 'typebox';
import { type Failures, failureAs } from './answer.ts';
import type { Problem, ProblemName } from './problem.ts';

const failure = Type.Object(
  {
    success: Type.Literal(false),
    error: Type.Object({
      code: Type.String({ description: 'Such as `MISSING_FIELD`.' }),
      message: Type.String({ description: 'Everything that is wrong.' }),
      field: Type.Optional(Type.String({ description: 'The first that is wrong.' })),
    }),
    type: Type.String({ description: 'What kind of problem, as everywhere else.' }),
  },
  { title: 'ApiFailure' },
);

/** For the answers of a route, beside its own; and of what else it may fail with. */
export const oldApiFailures = (...more: readonly number[]): Readonly<Record<number, typeof failure>> =>
  Object.fromEntries([400, 401, 403, ...more, 429, 500, 503].map((status) => [status, failure]));

const codes: Readonly<Partial<Record<ProblemName, string>>> = {
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  'not-found': 'NOT_FOUND',
  'method-not-allowed': 'METHOD_NOT_ALLOWED',
  'unsupported-media-type': 'INVALID_FORMAT',
  gone: 'EXPIRED',
  'not-possible': 'VALIDATION_ERROR',
  'rate-limited': 'RATE_LIMITED',
  internal: 'INTERNAL_ERROR',
  'not-provided': 'NOT_IMPLEMENTED',
  unavailable: 'SERVICE_UNAVAILABLE',
  timeout: 'SERVICE_UNAVAILABLE',
  'not-ready': 'NOT_READY',
};

type Named = { readonly parameter?: unknown; readonly detail?: unknown };

/** Of a problem that names values, the first of them. */
const firstOf = ({ more }: Problem): Named | undefined => {
  const errors = more.extra?.errors;
  return Array.isArray(errors) ? (errors[0] as Named) : undefined; // Problems that name values do so in this shape.
};

type Codes = typeof codes;

const codeOf = ({ kind }: Problem, named: Named | undefined, own: Codes): string => {
  if (kind !== 'validation') return own[kind] ?? codes[kind] ?? 'INVALID_REQUEST';
  if (named === undefined) return 'BAD_REQUEST';
  return /required|missing/.test(String(named.detail)) ? 'MISSING_FIELD' : 'INVALID_VALUE';
};

/** For routes that have codes of their own for some kinds of problems. */
export const oldApiFailureWith =
  (own: Codes): Failures =>
  (problem) => {
    const named = firstOf(problem);
    const field = typeof named?.parameter === 'string' ? { field: named.parameter.replaceAll('/', '.') } : {};
    const error = { code: codeOf(problem, named, own), message: problem.message, ...field };
    return failureAs(problem, { success: false, error, type: `/problems/${problem.kind}` });
  };

/** For the routes that clients of that server call. */
export const asOldApiFailure: Failures = oldApiFailureWith({});
