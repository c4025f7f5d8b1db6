/** Assembles the API: conventions first, then routes, each with only the reads it needs. Opens no socket. */
import { randomBytes } from 'node:crypto';
import swagger from '@fastify/swagger';
import type { Authentication } from '@plenum/authentication';
import { domains, exports as exportKinds, permissions } from '@plenum/catalogue';
import { newNodeKey } from '@plenum/credentials';
import type { ServicesOf } from '@plenum/domain';
import { timeId } from '@plenum/event';
import { type PageLimits, Problem, problemSchema } from '@plenum/http';
import type { MetricsRegistry } from '@plenum/metrics';
import type { Projection } from '@plenum/read-model';
import { readCsv } from '@plenum/rows';
import type { Clock, EventCodec, Files, Log, Logger } from '@plenum/runtime';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, type RouteOptions } from 'fastify';
import { bindRoutes } from './bind-routes.ts';
import { requireAccess } from './conventions/access.ts';
import { plainAddress, refuseBadAddresses } from './conventions/addresses.ts';
import { addAuthorization } from './conventions/authorization.ts';
import { takeBodies } from './conventions/bodies.ts';
import { countLargeAnswers, listsWithin } from './conventions/bytes.ts';
import { compressAnswers } from './conventions/compression.ts';
import { allowOrigins } from './conventions/cross-origin.ts';
import { describeApi, describeRoute, describeWhole } from './conventions/description.ts';
import { closeConnectionsWhileDraining } from './conventions/draining.ts';
import { problemOf } from './conventions/errors.ts';
import { type Freshness, freshness as freshnessOf } from './conventions/freshness.ts';
import { addFreshnessHeaders } from './conventions/freshness-headers.ts';
import { answerHead } from './conventions/head.ts';
import { addCommonHeaders, type CommonHeaders, commonHeaders, requestIdOf } from './conventions/headers.ts';
import { takeKeys } from './conventions/idempotency.ts';
import { type AllowOf, refuseOtherMethods, sayAllowed, watchMethods } from './conventions/methods.ts';
import { onceASecond } from './conventions/once-a-second.ts';
import { countPreflights, ownBudgets } from './conventions/own-budgets.ts';
import { securityHeaders } from './conventions/security-headers.ts';
import { sendProblem } from './conventions/send-problem.ts';
import { writeNatively } from './conventions/serialise.ts';
import { answerUnreadable, answerUnrouted } from './conventions/unreadable.ts';
import { untilShown } from './conventions/until-shown.ts';
import { validation } from './conventions/validation.ts';
import { type PageBudget, pageBudget } from './database/page-budget.ts';
import type { Reads } from './reads.ts';
import { docsPage } from './routes/docs/docs.ts';
import { addAccessMetrics } from './routes/health/access-metrics.ts';
import { type Check, standardChecks } from './routes/health/health.ts';
import { addMetrics } from './routes/health/metrics.ts';
import { addParkedMetrics, parkedCounts } from './routes/health/parked-counts.ts';
import { platform } from './routes/platform.ts';
import type { BridgeCounters } from './routes/projection/balance.ts';
import { addOutboxMetrics, type OutboxLook } from './routes/projection/outbox-lag.ts';
import type { StreamLimits } from './stream/hub.ts';
import { openStream } from './stream/open-stream.ts';

export type AppParts = {
  readonly reads: Reads;
  readonly log: Pick<Log, 'positions' | 'read'>;
  /** Of what is in the log: the live stream reads it. */
  readonly codec: EventCodec;
  /** The projections that must be there for the API to be ready. */
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  /** Who is let in, and who decides about that. `off` lets everybody in; for measurements and tests. */
  readonly authentication: Authentication | 'off';
  readonly network?: NetworkRules | undefined;
  readonly limits: PageLimits;
  /** The one that the reads have too; one of its own, unless given. */
  readonly budget?: PageBudget | undefined;
  readonly staleAfterS: number;
  readonly streamLimits: StreamLimits;
  /** Whether the MQTT listener or broker answers, for clients of the replaced system. */
  readonly mqttConnected: () => Promise<boolean>;
  /** What is decided and not in the log yet, when decisions are taken here. */
  readonly relay?: OutboxLook | undefined;
  /** Where exports are kept. Without it none is handed out. */
  readonly files?: Pick<Files, 'get'> | undefined;
  /** Where keys of nodes come from: chance, unless given. */
  readonly nodeKeys?: DomainServices['nodeKeys'] | undefined;
  /** A broker that keeps rights of nodes as well. Without it nothing is provisioned. */
  readonly atBroker?: DomainServices['atBroker'];
  /** Counters of the bridge, when it runs in this process. */
  readonly bridgeCounters?: (() => BridgeCounters) | undefined;
  /** More that has to work for the API to be ready, by name. */
  readonly checks?: Readonly<Record<string, Check>>;
  /** Called with every route as it is added; for the test that watches them. */
  readonly onRoute?: (route: RouteOptions) => void;
};

export type NetworkRules = {
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may ask; `*` for all. */
  readonly corsOrigins: readonly string[];
};

export const buildApp = async (parts: AppParts): Promise<FastifyInstance> => {
  const { clock, metrics, onRoute, network, authentication, budget = pageBudget() } = parts;
  const budgets = ownBudgets(clock);
  const headersOf = commonHeaders(clock, await securityHeaders());
  const app = newApp(network, headersOf, (path) => allowOf(path));
  if (onRoute !== undefined) app.addHook('onRoute', onRoute);
  requireAccess(app);
  const allowOf = watchMethods(app);
  answerUnrouted(app, headersOf, allowOf);
  const relay = seldom(parts.relay);
  const freshness = freshnessOf({ ...parts, checkpoints: parts.reads.checkpoints });

  app.addSchema(problemSchema);
  writeNatively(app);
  addCommonHeaders(app, headersOf);
  takeBodies(app);
  closeConnectionsWhileDraining(app);
  addErrors(app, parts);
  sayAllowed(app, allowOf);
  countLargeAnswers(app, budget);
  if (authentication !== 'off') countPreflights(app, budgets, clock);
  await allowOrigins(app, network?.corsOrigins ?? []);
  addAuthorization(app, { authorizing: authentication, budgets, clock });
  refuseBadAddresses(app);
  refuseOtherMethods(app, allowOf);
  addMetrics(app, metrics, freshness);
  if (relay !== undefined) addOutboxMetrics(metrics, relay, clock);
  if (parts.authentication !== 'off') addAccessMetrics(metrics, parts.authentication);
  addFreshnessHeaders(app, freshness);
  await compressAnswers(app);
  answerHead(app);
  takeKeys(app, () => authenticationOf(parts).requests);
  await app.register(swagger, {
    openapi: describeApi,
    transform: describeRoute,
    transformObject: describeWhole,
    refResolver: namedReferences,
  });
  await addRoutes(app, { ...parts, relay, budget }, freshness);
  return app;
};

/** `/metrics` is for everybody, and what waits for the outbox relay takes dozens of queries. */
const seldom = (relay: OutboxLook | undefined): OutboxLook | undefined =>
  relay && { ...relay, lag: onceASecond(() => relay.lag()) };

const bodyBytesMax = 1_048_576;

const newApp = (network: NetworkRules | undefined, headersOf: CommonHeaders, allowOf: AllowOf): FastifyInstance =>
  Fastify({
    trustProxy: network === undefined || network.trustedProxies.length === 0 ? false : [...network.trustedProxies],
    bodyLimit: bodyBytesMax,
    routerOptions: { maxParamLength: 1_000, ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '/' }) => plainAddress(url),
    // Missing ones are answered as everything else is.
    http: { requireHostHeader: false },
    genReqId: requestIdOf,
    requestIdHeader: false,
    requestTimeout: 30_000,
    // While closing, what still arrives on open connections is answered, not refused.
    return503OnClosing: false,
    ajv: { customOptions: validation },
    frameworkErrors: (error, request, reply) => {
      reply.headers(headersOf(request.id));
      sendProblem(reply, problemOf(error));
    },
    clientErrorHandler: answerUnreadable(headersOf, allowOf),
  });

/** Schemas appear in the description under their own names. */
const namedReferences = {
  buildLocalReference: (json: { readonly $id?: unknown }, _base: unknown, _fragment: string, index: number): string =>
    typeof json.$id === 'string' ? json.$id : `schema-${index}`,
};

const addErrors = (app: FastifyInstance, { logger }: AppParts): void => {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.kind === 'internal') bugNoter(logger)(error, request);
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((_, reply) => sendProblem(reply, new Problem('not-found', 'No route has this address.')));
};

const bugNoter =
  (logger: Logger) =>
  (error: FastifyError, request: FastifyRequest): void => {
    const route = request.routeOptions.url;
    logger.error({ request: request.id, method: request.method, route, error: error.stack }, 'a request met a bug');
  };

type RouteParts = AppParts & { readonly budget: PageBudget };

const addRoutes = async (app: FastifyInstance, parts: RouteParts, freshness: Freshness): Promise<void> => {
  const { reads, clock, limits, metrics, bridgeCounters, relay } = parts;
  const noteBug = bugNoter(parts.logger);
  const services = servicesOf(parts);
  const ofDomains = await Promise.all(domains.map((domain) => domain.routes(services)));
  bindRoutes(app, ofDomains.flat(), noteBug);
  const checks = { ...standardChecks({ ...parts, checkpoints: reads.checkpoints }), ...parts.checks };
  const parked = parkedCounts(reads.checkpoints);
  addParkedMetrics(metrics, parked);
  const openapi = () => app.swagger();
  const stream = openStream(app, { ...parts, checkpoints: reads.checkpoints });
  const shared = { reads, limits, clock, freshness, relay, bridgeCounters, checks, parked, metrics };
  const ofPlatform = { ...shared, stream, openapi };
  bindRoutes(
    app,
    platform.flatMap((routes) => routes(ofPlatform)),
    noteBug,
  );
  await app.register(docsPage, { prefix: '/api/v1' });
};

/** Everything that the routes of any domain take, in one. */
const servicesOf = (parts: RouteParts): DomainServices => {
  const { reads, clock, limits, budget, staleAfterS, mqttConnected } = parts;
  return {
    ...{ reads, clock, limits, staleAfterS, mqttConnected, untilShown },
    newId: () => timeId(Math.floor(clock.nowUs() / 1_000), randomBytes(16)),
    shownVersion: reads.versions.shown,
    lists: listsWithin(budget),
    handle: (command, metadata) => authenticationOf(parts).handle(command, metadata),
    accounts: () => authenticationOf(parts),
    givable: permissions,
    exportKinds: () => exportKinds,
    files: () => filesOf(parts),
    readCsv,
    nodeKeys: parts.nodeKeys ?? { make: newNodeKey },
    atBroker: parts.atBroker,
  };
};

type DomainServices = ServicesOf<typeof domains>;

const filesOf = ({ files }: AppParts): Pick<Files, 'get'> => {
  if (files === undefined) throw new Problem('unavailable', 'No files are kept here.');
  return files;
};

const authenticationOf = ({ authentication }: AppParts): Authentication => {
  if (authentication === 'off') throw new Problem('unavailable', 'Nobody decides about access while guards are off.');
  return authentication;
};
