/**
 * What an operation may answer, with the headers of each answer, and which headers of a request mean something to it. Most of
 * that follows from what the route is; the rest stands in its answers (`withHeaders`).
 */
import {
  type Access,
  type AnswerHeader,
  type Answers,
  headersNamed,
  problemResponses,
  type RequestHeader,
  requestHeaders,
} from '@plenum/http';

type Refusing = {
  readonly access: Access | undefined;
  readonly isKeyed: boolean;
  readonly takesBody: boolean;
};

/** What may be answered before the route is asked. */
export const refusalsOf = ({ access, isKeyed, takesBody }: Refusing): Answers => ({
  ...(access === 'public' ? problemResponses(429) : problemResponses(401, 403, 429)),
  ...(isKeyed ? problemResponses(409, 422) : {}),
  ...(takesBody ? problemResponses(413, 415) : {}),
});

type Asking = { readonly answers: Answers; readonly isKeyed: boolean };

/** As a schema of headers; `undefined` where none means anything. */
export const requestHeadersOf = ({ answers, isKeyed }: Asking): object | undefined => {
  const names: readonly RequestHeader[] = [
    ...(412 in answers ? (['If-Match'] as const) : []),
    ...(304 in answers ? (['If-None-Match'] as const) : []),
    ...(206 in answers ? (['Range', 'If-Range'] as const) : []),
    ...(isKeyed ? (['Idempotency-Key'] as const) : []),
    ...(202 in answers ? (['Prefer'] as const) : []),
  ];
  if (names.length === 0) return undefined;
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, requestHeaders[name]])) };
};

type Operation = {
  readonly summary: string | undefined;
  readonly readsModels: boolean;
};

/** The answers with all of their headers. */
export const describedAnswers = (answers: Answers, operation: Operation): Answers =>
  Object.fromEntries(
    Object.entries(answers).map(([code, answer]) => {
      const status = Number(code);
      const { headers, ...schema } = answer as { readonly headers?: object };
      const isTagged = 304 in answers && (status === 200 || status === 304);
      const names = [...headersOf(status, operation), ...(isTagged ? (['ETag'] as const) : [])];
      const described = 'content' in schema || 'description' in schema ? schema : inJson(schema, operation.summary);
      return [status, { ...described, headers: { ...headersNamed(names), ...headers } }];
    }),
  );

/** A schema under the description of the answer, so that it stays the same schema wherever it is. */
const inJson = (schema: object, description: string | undefined): object => ({
  description,
  content: { 'application/json': { schema } },
});

const always = ['X-API-Version', 'X-Request-Time', 'X-Request-Id'] as const;
const limits = [
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-RateLimit-Limit-Minute',
  'X-RateLimit-Remaining-Minute',
  'X-RateLimit-Reset-Minute',
] as const;
const freshness = ['Plenum-Position', 'Plenum-Age'] as const;

const byStatus: Readonly<Record<number, readonly AnswerHeader[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  // Where the request is still carried out, under its key.
  409: ['Retry-After'],
  412: ['ETag'],
  416: ['Content-Range'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

const headersOf = (status: number, { readsModels }: Operation): readonly AnswerHeader[] => [
  ...always,
  ...limits,
  ...(byStatus[status] ?? []),
  // What was not found is as of a position, too.
  ...(readsModels && (status < 400 || status === 404) ? freshness : []),
];
