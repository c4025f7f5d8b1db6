/** The routes that belong to no domain: how read models follow the log, what was refused, health, and the API itself. */
import type { PageLimits, Route } from '@plenum/http';
import type { MetricsRegistry } from '@plenum/metrics';
import type { Clock } from '@plenum/runtime';
import type { Freshness } from '../conventions/freshness.ts';
import type { Reads } from '../reads.ts';
import { descriptionRoutes } from './docs/docs.ts';
import { type Check, healthRoutes } from './health/health.ts';
import { metricsRoutes } from './health/metrics.ts';
import { oldHealthRoutes } from './health/old-health.ts';
import type { ParkedCounts } from './health/parked-counts.ts';
import { type BridgeCounters, balanceRoutes } from './projection/balance.ts';
import { lagRoutes } from './projection/lag.ts';
import type { OutboxLook } from './projection/outbox-lag.ts';
import { parkedRoutes } from './projection/parked.ts';
import { refusalRoutes } from './refusals/refusals.ts';
import { type StreamRoutesParts, streamRoutes } from './stream/stream.ts';

export type PlatformParts = StreamRoutesParts & {
  readonly reads: Reads;
  readonly limits: PageLimits;
  readonly clock: Clock;
  readonly freshness: Freshness;
  readonly relay: Pick<OutboxLook, 'lag'> | undefined;
  readonly bridgeCounters: (() => BridgeCounters) | undefined;
  readonly checks: Readonly<Record<string, Check>>;
  readonly parked: ParkedCounts;
  readonly metrics: Pick<MetricsRegistry, 'text' | 'contentType'>;
  readonly openapi: () => object;
};

export const platform: readonly ((parts: PlatformParts) => readonly Route[])[] = [
  refusalRoutes,
  parkedRoutes,
  balanceRoutes,
  lagRoutes,
  streamRoutes,
  healthRoutes,
  descriptionRoutes,
  metricsRoutes,
  oldHealthRoutes,
];
