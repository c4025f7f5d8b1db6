/** What the OpenAPI document says besides what routes say of themselves. */
import type { FastifyDynamicSwaggerOptions, SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import { domains } from '@plenum/catalogue';
import type { Access, Answers } from '@plenum/http';
import { describedAnswers, refusalsOf, requestHeadersOf } from './described-answers.ts';
import { takesKeys } from './idempotency.ts';
import { withNamedParts } from './named-parts.ts';

export const describeApi: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Plenum',
    version: '1',
    description: [
      'Reads of the read models that Plenum derives from its event log, decisions, and files of both.',
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
      '- Every answer has `X-API-Version`, `X-Request-Time` and `X-Request-Id`, and which other headers stands with it.',
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
    { name: 'stream', description: 'Events as they happen.' },
    { name: 'health', description: 'For operators.' },
    { name: 'description', description: 'This API about itself.' },
    { name: 'replaced system', description: 'Reads in the shapes that clients of the replaced systems know.' },
  ],
};

/** Who may call a route, which read models it reads, and the headers of both sides stand in the document too. */
export const describeRoute: SwaggerTransform = ({ schema, url, route }) => {
  const { access, projections, unkeyed } = route.config ?? {};
  const { querystring, body, summary } = schema ?? {};
  const [method = 'GET'] = [route.method].flat();
  const isKeyed = takesKeys({ method, config: route.config ?? {} });
  const declared = (schema?.response ?? {}) as Answers; // By status code.
  const isOurs = url.startsWith('/api/v1'); // Replaced systems say themselves how they fail.
  const answers = isOurs
    ? { ...refusalsOf({ access, isKeyed, takesBody: body !== undefined }), ...declared }
    : declared;
  const headers = requestHeadersOf({ answers, isKeyed });
  const described = {
    ...schema,
    ...(querystring === undefined ? {} : { querystring: withoutDefaultsRequired(querystring) }),
    ...(body === undefined ? {} : { body: withoutDefaultsRequired(body) }),
    response: describedAnswers(answers, { summary, readsModels: projections !== undefined }),
    security: securityOf(access),
    'x-access': typeof access === 'object' ? access.permission : access,
    ...(headers === undefined ? {} : { headers }),
    ...(unkeyed === undefined ? {} : { 'x-unkeyed': unkeyed }),
    ...(projections === undefined ? {} : { 'x-read-models': projections }),
  };
  return { schema: described, url };
};

/** Schemas and headers stand in it once, by their names. */
export const describeWhole: SwaggerTransformObject = (document) =>
  'openapiObject' in document ? withNamedParts(document.openapiObject) : document.swaggerObject;

const securityOf = (access: Access | undefined): readonly Readonly<Record<string, readonly string[]>>[] => {
  if (access === undefined || access === 'public') return [];
  const needed = access === 'identified' ? [] : [access.permission];
  return [{ apiKey: needed }, { bearer: needed }];
};

type Fields = {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
};

/** What has a default always has a value for a route; who calls it may leave it out. */
const withoutDefaultsRequired = (fields: unknown): object => {
  const { required = [], properties = {}, ...rest } = fields as Fields; // Routes declare theirs as objects.
  return { ...rest, properties, required: required.filter((name) => properties[name]?.default === undefined) };
};
