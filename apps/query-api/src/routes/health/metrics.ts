import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { MetricsRegistry } from '@plenum/metrics';
import { Weather } from '@plenum/runtime';
import type { FastifyInstance } from 'fastify';
import { query } from '../../conventions/fields.ts';
import type { Freshness } from '../../conventions/freshness.ts';
import { problems } from '../../conventions/problem.ts';
import { lagOf } from '../projection/lag.ts';

export const metricsRoutes =
  ({ metrics }: { readonly metrics: Pick<MetricsRegistry, 'text' | 'contentType'> }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/metrics',
      {
        config: { access: 'public', counted: false },
        schema: {
          tags: ['health'],
          summary: 'What this process counts, for Prometheus',
          querystring: query({}),
          response: {
            200: {
              description: 'Prometheus text format',
              content: { 'text/plain': { schema: Type.String() } },
            },
            ...problems(),
          },
        },
      },
      async (_, reply) => {
        reply.header('content-type', metrics.contentType);
        return reply.send(await metrics.text());
      },
    );
  };

/** How long requests take, by route; and how far the read models are behind, as this process sees it. */
export const addMetrics = (app: FastifyInstance, metrics: MetricsRegistry, freshness: Freshness): void => {
  const took = metrics.histogram({
    name: 'plenum_api_request_seconds',
    help: 'Requests answered by the API, by route.',
    labels: ['method', 'route', 'status'],
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the address: every id would be a time series of its own.
    const route = request.routeOptions.url ?? 'unknown';
    took({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    done();
  });

  const lags = async () => {
    try {
      return lagOf(await freshness.look(), freshness.nowMs()).sets;
    } catch (error) {
      if (!(error instanceof Weather)) throw error;
      return []; // No lag is better than a wrong one; what is away has metrics of its own.
    }
  };
  const labels = ['set'];
  metrics.gauge({ name: 'plenum_api_lag_records', help: 'Records not in the read models yet.', labels }, async () =>
    (await lags()).map(({ set, records }) => ({ labels: { set }, value: records })),
  );
  metrics.gauge({ name: 'plenum_api_age_seconds', help: 'How old answers may be.', labels }, async () =>
    (await lags()).map(({ set, age_seconds }) => ({ labels: { set }, value: age_seconds })),
  );
};
