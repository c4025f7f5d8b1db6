/** The API described by itself: OpenAPI 3.1, a page to try it, what problems mean, and where to begin. */
import swaggerUi from '@fastify/swagger-ui';
import {
  answer,
  defineRoute,
  jsonObject,
  notModified,
  Problem,
  problemKinds,
  problems,
  query,
  type Route,
  withHeaders,
} from '@plenum/http';
import type { FastifyPluginAsync } from 'fastify';
import { Type } from 'typebox';
import { addingPublic } from '../../conventions/access.ts';
import { tagFiles } from './tag-files.ts';

/** Everything the page needs is served from here: it works without the internet. */
export const docsPage: FastifyPluginAsync = async (app) => {
  const page = {
    routePrefix: '/docs',
    indexPrefix: '/api/v1',
    uiConfig: { layout: 'BaseLayout', deepLinking: true, validatorUrl: null, tryItOutEnabled: true } as const,
    theme: { title: 'Plenum API' },
    staticCSP:
      "default-src 'self'; base-uri 'self'; font-src 'self' data:; img-src 'self' data:; object-src 'none'; " +
      "script-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  };
  tagFiles(app);
  await addingPublic(app, () => app.register(swaggerUi, page), { budget: 'documents' });
};

type DescriptionParts = {
  /** This API as an OpenAPI document, once all routes are there. */
  readonly openapi: () => object;
};

export const descriptionRoutes = (parts: DescriptionParts): readonly Route[] => [
  openapiRoute(parts),
  problemRoute,
  indexRoute,
];

const openapiRoute = ({ openapi }: DescriptionParts) =>
  defineRoute({
    operationId: 'getOpenapi',
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    budget: 'documents',
    tags: ['description'],
    summary: 'This API as an OpenAPI 3.1 document',
    querystring: query({}),
    answers: { 200: jsonObject({ title: 'OpenapiDocument' }), ...notModified, ...problems() },
    entityTag: true,
    handle: () => answer({ ...openapi() }, { headers: { 'cache-control': 'no-cache' } }),
  });

const problemKindSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    meaning: Type.String(),
  },
  { title: 'ProblemKind' },
);

const problemRoute = defineRoute({
  operationId: 'getProblemKind',
  method: 'GET',
  base: '',
  path: '/problems/:kind',
  access: 'public',
  budget: 'documents',
  tags: ['description'],
  summary: 'What a kind of problem means: the address that `type` of a problem names',
  params: Type.Object({ kind: Type.String({ maxLength: 100 }) }),
  querystring: query({}),
  answers: { 200: problemKindSchema, ...notModified, ...problems(404) },
  entityTag: true,
  handle: ({ params: { kind } }) => {
    const known = Object.entries(problemKinds).find(([name]) => name === kind)?.[1];
    if (known === undefined) throw new Problem('not-found', 'No kind of problem has this name.');
    return { type: `/problems/${kind}`, ...known };
  },
});

const links = {
  docs: '/api/v1/docs',
  openapi: '/api/v1/openapi.json',
  nodes: '/api/v1/nodes',
  latest_readings: '/api/v1/readings/latest',
  network_status: '/api/v1/network/status',
  quarantine: '/api/v1/quarantine',
  parked: '/api/v1/parked',
  balance: '/api/v1/balance',
  lag: '/api/v1/lag',
  me: '/api/v1/me',
  roles: '/api/v1/roles',
  users: '/api/v1/users',
  keys: '/api/v1/keys',
  security_events: '/api/v1/security-events',
  ready: '/api/v1/health/ready',
  metrics: '/metrics',
};

const indexRoute = defineRoute({
  operationId: 'getIndex',
  method: 'GET',
  base: '',
  path: '/',
  access: 'public',
  budget: 'documents',
  tags: ['description'],
  summary: 'Where to begin',
  querystring: query({}),
  answers: {
    200: Type.Object({ name: Type.String(), links: Type.Record(Type.String(), Type.String()) }, { title: 'Index' }),
    ...notModified,
    303: withHeaders(Type.Null({ description: 'For browsers: the page to try everything.' }), 'Location'),
    ...problems(),
  },
  entityTag: true,
  handle: ({ headers: { accept } }) =>
    accept?.includes('text/html')
      ? answer('', { status: 303, headers: { location: links.docs, vary: 'Accept' } })
      : answer({ name: 'Plenum', links }, { headers: { vary: 'Accept' } }),
});
