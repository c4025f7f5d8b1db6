/** Headers that mean something here, each described once. Which operations have which is in the routes, or follows from them. */

type Described = {
  readonly type: 'string' | 'integer' | 'number';
  readonly description: string;
  readonly pattern?: string;
};

/** Of a request, besides who asks. */
export const requestHeaders = {
  'If-Match': {
    type: 'string',
    description: 'The `ETag` of the version that this is about: decided only if there is no later one, else 412.',
  },
  'If-None-Match': {
    type: 'string',
    description: 'An `ETag` that was given before: answered with 304 if there is nothing else now.',
  },
  'Idempotency-Key': {
    type: 'string',
    pattern: '^[\\x21-\\x7e]{1,200}$',
    description: 'One of your own for every request, and the same when the same is asked again.',
  },
  Range: { type: 'string', description: '`bytes=0-99`: only these bytes. Of several ranges at once, all of it.' },
  'If-Range': { type: 'string', description: 'The `ETag` that `Range` is about: if it is another one now, all of it.' },
  Prefer: {
    type: 'string',
    description: '`wait=5`: answer when what is read shows it, after so many seconds at most (10); else 202.',
  },
} as const satisfies Readonly<Record<string, Described>>;

/** Of an answer. */
export const answerHeaders = {
  'X-API-Version': { type: 'string', description: 'v1' },
  'X-Request-Time': { type: 'string', description: 'When the request was taken, in UTC.' },
  'X-Request-Id': {
    type: 'string',
    description: 'Finds the request in logs; the one that was sent, if it was.',
  },
  RateLimit: { type: 'string', description: 'How many requests are left (`r`), for so many seconds (`t`).' },
  'RateLimit-Policy': { type: 'string', description: 'How many requests (`q`) there may be in so many seconds (`w`).' },
  'X-RateLimit-Limit': { type: 'integer', description: 'Requests a minute.' },
  'X-RateLimit-Remaining': { type: 'integer', description: 'How many of them are left.' },
  'X-RateLimit-Reset': { type: 'integer', description: 'When all of them are there again, in seconds since 1970.' },
  'X-RateLimit-Limit-Minute': { type: 'integer', description: 'As `X-RateLimit-Limit`.' },
  'X-RateLimit-Remaining-Minute': { type: 'integer', description: 'As `X-RateLimit-Remaining`.' },
  'X-RateLimit-Reset-Minute': { type: 'integer', description: 'As `X-RateLimit-Reset`.' },
  'Retry-After': { type: 'integer', description: 'In how many seconds to ask again.' },
  'WWW-Authenticate': { type: 'string', description: 'What to show (RFC 6750).' },
  ETag: { type: 'string', description: 'Of the version, or of the content; for `If-Match` and `If-None-Match`.' },
  Link: { type: 'string', description: 'To the next page, as `rel="next"`; not on the last one.' },
  Location: { type: 'string', description: 'Where it can be read; of a 202, what says whether it is shown.' },
  'Preference-Applied': { type: 'string', description: 'That `Prefer: wait` was looked at, and for how long.' },
  'Accept-Ranges': { type: 'string', description: '`bytes`: `Range` may be asked for.' },
  'Content-Range': { type: 'string', description: 'Which bytes these are, and of how many.' },
  'Content-Disposition': { type: 'string', description: 'What the file is called.' },
  'Repr-Digest': { type: 'string', description: 'SHA-256 of the whole file (RFC 9530).' },
  'Plenum-Position': { type: 'string', description: 'Opaque; a lower bound of what was read.' },
  'Plenum-Age': { type: 'number', description: 'How many seconds old the answer may be; 0 when caught up.' },
  'Plenum-Truncated': { type: 'string', description: 'Which list of the answer is not whole; not there if all are.' },
} as const satisfies Readonly<Record<string, Described>>;

export type RequestHeader = keyof typeof requestHeaders;
export type AnswerHeader = keyof typeof answerHeaders;

/** For the answers of a route: this one with headers that do not follow from what the route is. */
export const withHeaders = <Schema extends object>(schema: Schema, ...names: readonly AnswerHeader[]): Schema => ({
  ...schema,
  headers: { ...(schema as { readonly headers?: object }).headers, ...headersNamed(names) },
});

/** As the description of an answer has them. */
export const headersNamed = (names: readonly AnswerHeader[]): Readonly<Record<string, object>> =>
  Object.fromEntries(names.map((name) => [name, answerHeaders[name]]));
