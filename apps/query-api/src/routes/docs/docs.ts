/** The API described by itself: OpenAPI 3.1, a page to try it, what problems mean, and where to begin. */

import swaggerUi from '@fastify/swagger-ui';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { addingPublic } from '../../conventions/access.ts';
import { entityTag } from '../../conventions/etag.ts';
import { jsonObject, query } from '../../conventions/fields.ts';
import { Problem, problemKinds, problems } from '../../conventions/problem.ts';
import { addVary } from '../../conventions/vary.ts';
import { notModified } from '../../conventions/versions.ts';
import { tagFiles } from './tag-files.ts';

export const openapiRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/openapi.json',
    {
      config: { access: 'public', budget: 'documents' },
      onSend: entityTag,
      schema: {
        tags: ['description'],
        summary: 'This API as an OpenAPI 3.1 document',
        querystring: query({}),
        response: { 200: jsonObject({ description: 'OpenAPI 3.1' }), ...notModified, ...problems() },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-cache');
      return { ...app.swagger() };
    },
  );
};

/** Everything the page needs is served from here: it works without the internet. */
export const docsPage: FastifyPluginAsyncTypebox = async (app) => {
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

const problemKindSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  meaning: Type.String(),
});

export const problemRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/problems/:kind',
    {
      config: { access: 'public', budget: 'documents' },
      onSend: entityTag,
      schema: {
        tags: ['description'],
        summary: 'What a kind of problem means: the address that `type` of a problem names',
        params: Type.Object({ kind: Type.String({ maxLength: 100 }) }),
        querystring: query({}),
        response: { 200: problemKindSchema, ...notModified, ...problems(404) },
      },
    },
    async ({ params: { kind } }) => {
      const known = Object.entries(problemKinds).find(([name]) => name === kind)?.[1];
      if (known === undefined) throw new Problem('not-found', 'No kind of problem has this name.');
      return { type: `/problems/${kind}`, ...known };
    },
  );
};

const links = {
  docs: '/api/v1/docs',
  openapi: '/api/v1/openapi.json',
  nodes: '/api/v1/nodes',
  latest_readings: '/api/v1/readings/latest',
  network_status: '/api/v1/network/status',
  quarantine: '/api/v1/quarantine',
  parked: '/api/v1/parked',
  sums: '/api/v1/sums',
  lag: '/api/v1/lag',
  me: '/api/v1/me',
  roles: '/api/v1/roles',
  users: '/api/v1/users',
  keys: '/api/v1/keys',
  security_events: '/api/v1/security-events',
  ready: '/api/v1/health/ready',
  metrics: '/metrics',
};

export const indexRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/',
    {
      config: { access: 'public', budget: 'documents' },
      onSend: entityTag,
      schema: {
        tags: ['description'],
        summary: 'Where to begin',
        querystring: query({}),
        response: {
          200: Type.Object({ name: Type.String(), links: Type.Record(Type.String(), Type.String()) }),
          ...notModified,
          303: Type.Null({ description: 'For browsers: the page to try everything.' }),
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      addVary(reply, 'Accept');
      if (request.headers.accept?.includes('text/html')) return reply.redirect(links.docs, 303);
      return { name: 'Plenum', links };
    },
  );
};
