import { answer, defineRoute, problems, query, type Route } from '@plenum/http';
import type { Labels, MetricsRegistry } from '@plenum/metrics';
import { TransientFailure } from '@plenum/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Freshness } from '../../conventions/freshness.ts';
import { lagOf } from '../projection/lag.ts';

type MetricsParts = { readonly metrics: Pick<MetricsRegistry, 'text' | 'contentType'> };

export const metricsRoutes = ({ metrics }: MetricsParts): readonly Route[] => [
  defineRoute({
    operationId: 'getMetrics',
    method: 'GET',
    base: '',
    path: '/metrics',
    access: 'public',
    budget: 'probes',
    tags: ['health'],
    summary: 'What this process counts, for Prometheus',
    querystring: query({}),
    answers: {
      200: { description: 'Prometheus text format', content: { 'text/plain': { schema: Type.String() } } },
      ...problems(),
    },
    handle: async () => answer(await metrics.text(), { headers: { 'content-type': metrics.contentType } }),
  }),
];

/** Where the buckets of `plenum_api_request_seconds` end. */
export const requestBucketsS = [0.005, 0.025, 0.1, 0.5, 2.5, 10] as const;

/** How long requests take, by route; and how far the read models are behind, as this process sees it. */
export const addMetrics = (app: FastifyInstance, metrics: MetricsRegistry, freshness: Freshness): void => {
  addRequestMetrics(app, metrics);
  addLagMetrics(metrics, freshness);
};

/**
 * There are as many series as there are routes, whatever is asked: addresses and methods that nobody declared are all one
 * route, `other`, and of statuses there are five classes.
 */
const addRequestMetrics = (app: FastifyInstance, metrics: MetricsRegistry): void => {
  const took = metrics.histogram({
    name: 'plenum_api_request_seconds',
    help: 'Requests answered by the API, by route.',
    labels: ['route'],
    bucketsS: requestBucketsS,
  });
  const counts = new Map<string, { readonly labels: Labels; value: number }>();
  metrics.counter(
    {
      name: 'plenum_api_requests_total',
      help: 'Requests answered by the API, by route and class of status.',
      labels: ['route', 'status'],
    },
    () => [...counts.values()],
  );
  app.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    took({ route }, reply.elapsedTime / 1_000);
    const name = `${status} ${route}`;
    const counted = counts.get(name) ?? { labels: { route, status }, value: 0 };
    counted.value += 1;
    counts.set(name, counted);
    done();
  });
};

/** The pattern of a route that was declared, never the address: every id would be a time series of its own. */
const routeOf = ({ is404, routeOptions }: FastifyRequest): string => {
  const { url } = routeOptions;
  return is404 || url === undefined ? 'other' : url;
};

const addLagMetrics = (metrics: MetricsRegistry, freshness: Freshness): void => {
  const lags = async () => {
    try {
      return lagOf(await freshness.look(), freshness.nowMs()).projections;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      return []; // No lag is better than a wrong one; what is away has metrics of its own.
    }
  };
  const labels = ['projection'];
  metrics.gauge({ name: 'plenum_api_lag_records', help: 'Records not in the read models yet.', labels }, async () =>
    (await lags()).map(({ projection, records }) => ({ labels: { projection }, value: records })),
  );
  metrics.gauge({ name: 'plenum_api_age_seconds', help: 'How old answers may be.', labels }, async () =>
    (await lags()).map(({ projection, age_seconds }) => ({ labels: { projection }, value: age_seconds })),
  );
};
