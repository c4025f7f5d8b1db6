/** Errors as clients see them: RFC 9457, one stable `type` for each kind, and nothing from the inside. */
import { Type } from 'typebox';

type Kind = { readonly status: number; readonly title: string; readonly meaning: string };

/** Every kind of problem there is. A `type` is `/problems/<name>`, and that address answers with the meaning. */
export const problemKinds = {
  validation: {
    status: 400,
    title: 'The request is not valid',
    meaning: 'A parameter is unknown, missing, or not what it has to be; `detail` says which.',
  },
  'bad-cursor': {
    status: 400,
    title: 'The cursor is not valid',
    meaning: 'A cursor only works unchanged, with the same parameters as the page it came from. Start without one.',
  },
  unauthenticated: {
    status: 401,
    title: 'Nobody knows who is asking',
    meaning:
      'Show an API key in `X-API-Key`, or a token as `Authorization: Bearer`. `code` says what was wrong with the one shown.',
  },
  forbidden: {
    status: 403,
    title: 'The caller may not do this',
    meaning: 'Who it is is known, and that takes a permission which they have not got.',
  },
  'not-found': { status: 404, title: 'There is no such thing', meaning: 'Nothing is known under this address.' },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    meaning: 'The address exists; `Allow` lists the methods it takes.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    meaning: 'It takes 30 seconds at most to send one. Send it again.',
  },
  conflict: {
    status: 409,
    title: 'It does not fit what is there',
    meaning:
      'There is such a thing already, it is in a state that does not allow this, or others were faster. Look again.',
  },
  'in-flight': {
    status: 409,
    title: 'The same request is being carried out',
    meaning: 'A request with this `Idempotency-Key` has not been answered yet. Ask again after `Retry-After`.',
  },
  gone: {
    status: 410,
    title: 'It was there and is no more',
    meaning: 'What was kept under this address was removed, for good.',
  },
  'precondition-failed': {
    status: 412,
    title: 'It was changed meanwhile',
    meaning: '`If-Match` names another version than there is; `version` and `ETag` say which one that is.',
  },
  'too-large': { status: 413, title: 'The request is too large', meaning: 'Its body is over the limit.' },
  'uri-too-long': { status: 414, title: 'The address is too long', meaning: 'An id in the path is over the limit.' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has a type that is not understood',
    meaning: 'Send `Content-Type: application/json`, in UTF-8 and not compressed.',
  },
  'range-not-satisfiable': {
    status: 416,
    title: 'The range begins after the end',
    meaning: '`Content-Range` says how long it is.',
  },
  'out-of-range': {
    status: 422,
    title: 'The answer cannot be expressed',
    meaning: 'A sum leaves the range of a double. Ask for shorter intervals.',
  },
  'not-possible': {
    status: 422,
    title: 'It is understood and cannot be done',
    meaning: 'A rule does not allow these values; `detail` says which.',
  },
  'key-used': {
    status: 422,
    title: 'The key was used for something else',
    meaning:
      'This `Idempotency-Key` came with another method, address or body before, and that was carried out. ' +
      'Give every request a key of its own, and the same only when the same is asked again.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    meaning: 'More than allowed in a minute. `Retry-After` says in how many seconds one more will be answered.',
  },
  'headers-too-large': { status: 431, title: 'The headers are too large', meaning: 'Address and headers: 16 KiB.' },
  internal: {
    status: 500,
    title: 'Something is broken',
    meaning: 'A bug of ours. The request id finds it in the log of the service.',
  },
  'not-implemented': {
    status: 501,
    title: 'The method is not known',
    meaning: 'Nothing here takes this method. `OPTIONS` says which ones an address takes.',
  },
  'not-provided': {
    status: 501,
    title: 'This is not provided',
    meaning: 'A replaced system had this address. What it stood for is not done here.',
  },
  unavailable: {
    status: 503,
    title: 'Something this needs is away',
    meaning: 'The database or the log does not answer, or read models are not made yet. Try again.',
  },
  timeout: {
    status: 503,
    title: 'The question took too long',
    meaning: 'It was given up. Ask for a smaller range or a longer interval.',
  },
  'not-provisioned': {
    status: 503,
    title: 'The MQTT broker has not what was issued',
    meaning:
      'The broker that devices connect to did not take it, or does not answer. A key that was issued is revoked again: ask ' +
      'for another one, with another `Idempotency-Key`. `detail` says more.',
  },
  'not-ready': { status: 503, title: 'Not ready', meaning: '`down` names what is missing.' },
} as const satisfies Record<string, Kind>;

export type ProblemName = keyof typeof problemKinds;

type More = { readonly headers?: Readonly<Record<string, string>>; readonly extra?: Readonly<Record<string, unknown>> };

/** Thrown by routes; the error handler writes it. `detail` is shown to the client. */
export class Problem extends Error {
  readonly kind: ProblemName;
  readonly more: More;
  constructor(kind: ProblemName, detail: string, more: More = {}) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.more = more;
  }
}

export const tooMany = ({
  limit,
  retryAfterS = 1,
}: {
  readonly limit: number;
  readonly retryAfterS?: number;
}): Problem =>
  new Problem('rate-limited', `More than ${limit} requests in a minute.`, {
    headers: { 'retry-after': String(retryAfterS) },
  });

export const statusOf = ({ kind }: Problem): number => problemKinds[kind].status;

export const problemBody = (problem: Problem, requestId: string): string => {
  const { status, title } = problemKinds[problem.kind];
  const body = { type: `/problems/${problem.kind}`, title, status, detail: problem.message, request_id: requestId };
  return JSON.stringify({ ...body, ...problem.more.extra });
};

export const problemMediaType = 'application/problem+json';

/** Added to the app once; routes refer to it. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: 'What kind of problem. Stable.' }),
    title: Type.String({ description: 'The kind, for people.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'This very case, for people.' }),
    request_id: Type.String({ description: 'Finds this request in the logs of the service.' }),
  },
  { $id: 'Problem', additionalProperties: true },
);

/** The error answers of a route, for its `response` schema. Every route may also answer 400, 500 and 503. */
export const problems = (...more: readonly number[]): Record<number, object> =>
  problemResponses(400, ...more, 500, 503);

export const problemResponses = (...statuses: readonly number[]): Record<number, object> =>
  Object.fromEntries(statuses.map((status) => [status, problemResponse(status)]));

const problemResponse = (status: number): object => ({
  description: [...new Set(Object.values(problemKinds).filter((kind) => kind.status === status))]
    .map(({ title }) => title)
    .join('; '),
  content: { [problemMediaType]: { schema: { $ref: 'Problem#' } } },
});
