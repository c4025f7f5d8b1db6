/** What the OpenAPI document says besides what routes say of themselves. */
import type { FastifyDynamicSwaggerOptions, SwaggerTransform } from '@fastify/swagger';
import { domains } from '@plenum/catalogue';
import { type Access, problemResponses } from '@plenum/http';
import type { FastifyContextConfig } from 'fastify';
import { takesKeys } from './idempotency.ts';

export const describeApi: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Plenum',
    version: '1',
    description: [
      'Reads of the read models that Plenum derives from its event log, and decisions about who has access.',
      '',
      '- An API key goes into `X-API-Key`, a token into `Authorization: Bearer`; when both are there, the key counts.',
      '  `x-access` of a route says what it takes: nothing (`public`), to be known (`identified`), or a permission.',
      '- Requests are counted by who asks, else by address: `RateLimit`, `RateLimit-Policy` and `X-RateLimit-*` say how',
      '  many are left, and a 429 when to go on (`Retry-After`).',
      '- Times are UTC with microseconds. A time in a request may have `Z`, an offset, or no zone, which means UTC.',
      '- Errors are `application/problem+json` (RFC 9457); `type` is stable and can be fetched.',
      '- Lists come in pages: `limit`, an opaque `cursor`, and `next`, which is null on the last page.',
      '- Bodies are JSON in UTF-8 (`Content-Type: application/json`, else 415), not compressed. A route without a body',
      '  ignores one.',
      '- What changes something takes an `Idempotency-Key`: asked again with the same key, it happens once. A key that was',
      '  used with another method, address or body is a 422, and one whose request is not answered yet a 409. A key counts',
      '  for the identity that gave it. `x-unkeyed` of a route says why it takes none.',
      '- Answers with an `ETag` are not sent again to `If-None-Match` (304). `HEAD` answers like `GET`, `OPTIONS` with',
      '  `Allow`, and every other method with 405. A slash at the end of an address changes nothing.',
      '- What is read is compressed for clients that ask (`Accept-Encoding`: zstd, br or gzip).',
      '- Every answer has `X-API-Version`, `X-Request-Time` and `X-Request-Id`.',
      '- Answers from read models have `Plenum-Position`, an opaque lower bound of what was read, and `Plenum-Age`: how',
      '  many seconds old they may be, 0 when everything in the log less than a second ago was in them.',
    ].join('\n'),
  },
  components: {
    securitySchemes: {
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: '64 hexadecimal digits.' },
      bearer: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'Of a session that was started here, or of the identity provider.',
      },
    },
  },
  tags: [
    ...domains.map(({ name, about }) => ({ name, description: about })),
    { name: 'projection', description: 'How read models follow the log.' },
    { name: 'health', description: 'For operators.' },
    { name: 'description', description: 'This API about itself.' },
    { name: 'replaced system', description: 'Reads in the shapes that clients of the replaced systems know.' },
  ],
};

/** Who may call a route, which read models it reads, and the headers of its answer stand in the document too. */
export const describeRoute: SwaggerTransform = ({ schema, url, route }) => {
  const { access, projections, unkeyed } = route.config ?? {};
  const { summary, querystring } = schema ?? {};
  const headers = { ...commonHeaderSchemas, ...(projections !== undefined ? freshnessHeaderSchemas : {}) };
  const declared = (schema?.response ?? {}) as Readonly<Record<string, object>>; // By status code.
  const method = [route.method].flat()[0] ?? 'GET';
  const keyed = takesKeys({ method, config: route.config ?? {} });
  const refusals: Readonly<Record<string, object>> = url.startsWith('/api/v1')
    ? {
        ...refusalsOf(route.config),
        ...(keyed ? problemResponses(409, 422) : {}),
        ...(schema?.body ? problemResponses(413, 415) : {}),
      }
    : {};
  const answers = Object.entries({ ...refusals, ...declared });
  const response = answers.map(([status, answer]) => [
    status,
    status === '200' ? { description: summary, ...answer, headers } : answer,
  ]);
  const described = {
    ...schema,
    ...(querystring === undefined ? {} : { querystring: withoutDefaultsRequired(querystring) }),
    response: Object.fromEntries(response),
    security: securityOf(access),
    'x-access': typeof access === 'object' ? access.permission : access,
    ...(keyed ? { headers: keyHeader } : {}),
    ...(unkeyed === undefined ? {} : { 'x-unkeyed': unkeyed }),
    ...(projections === undefined ? {} : { 'x-read-models': projections }),
  };
  return { schema: described, url };
};

const securityOf = (access: Access | undefined): readonly Readonly<Record<string, readonly string[]>>[] => {
  if (access === undefined || access === 'public') return [];
  const needed = access === 'identified' ? [] : [access.permission];
  return [{ apiKey: needed }, { bearer: needed }];
};

/** What the guards may answer instead of the route. */
const refusalsOf = ({ access }: FastifyContextConfig = {}): Readonly<Record<number, object>> => {
  return access === 'public' ? problemResponses(429) : problemResponses(401, 403, 429);
};

type Parameters = {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
};

/** A parameter with a default always has a value for a route; who calls it may leave it out. */
const withoutDefaultsRequired = (querystring: unknown): object => {
  const { required = [], properties = {}, ...rest } = querystring as Parameters; // Routes declare theirs as objects.
  return { ...rest, properties, required: required.filter((name) => properties[name]?.default === undefined) };
};

const keyHeader = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,200}$',
      description: 'One of your own for every request, and the same when the same is asked again.',
    },
  },
};

const commonHeaderSchemas = {
  'X-API-Version': { type: 'string', description: 'v1' },
  'X-Request-Time': { type: 'string', description: 'When the request was taken, in UTC.' },
  'X-Request-Id': { type: 'string', description: 'Finds the request in logs; the one that was sent, if it was.' },
};

const freshnessHeaderSchemas = {
  'Plenum-Position': { type: 'string', description: 'Opaque; a lower bound of what was read.' },
  'Plenum-Age': { type: 'number', description: 'How many seconds old the answer may be; 0 when caught up.' },
};
