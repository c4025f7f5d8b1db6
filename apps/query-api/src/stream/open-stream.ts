/** The live stream as a part of the API: begun with it, counted with it, ended with it. */
import type { Identity, PresentedCredentials } from '@plenum/access';
import type { Authenticator } from '@plenum/authentication';
import { streams } from '@plenum/catalogue';
import type { StreamKind } from '@plenum/domain';
import type { Actor } from '@plenum/event';
import type { MetricsRegistry } from '@plenum/metrics';
import type { Projection } from '@plenum/read-model';
import type { EventCodec, Log, Logger } from '@plenum/runtime';
import type { FastifyInstance } from 'fastify';
import type { CheckpointReads } from '../consumers/checkpoints.ts';
import { type Hub, type StreamLimits, streamHub } from './hub.ts';
import { addStreamMetrics } from './stream-counters.ts';

export type OpenStreamParts = {
  readonly log: Pick<Log, 'positions' | 'read'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly projections: readonly Projection[];
  readonly authentication: Pick<Authenticator, 'recheck' | 'noteForbidden'> | 'off';
  readonly checkpoints: Pick<CheckpointReads, 'active'>;
  readonly streamLimits: StreamLimits;
};

/** What its route needs. */
export type OpenedStream = {
  readonly hub: Pick<Hub, 'roomFor' | 'join'>;
  readonly kinds: readonly StreamKind[];
  readonly projections: readonly Pick<Projection, 'name' | 'topics'>[];
  /** Notes that somebody asked for a kind that they may not read. */
  readonly noteForbidden: (shown: PresentedCredentials, identity: Actor, required: string) => void;
};

export const openStream = (app: FastifyInstance, parts: OpenStreamParts): OpenedStream => {
  const { authentication, projections, checkpoints, streamLimits } = parts;
  const hub = streamHub({
    ...parts,
    ...{ kinds: streams, limits: streamLimits, authenticator: authentication },
    shownUntil: async (projection, topic) => {
      const shown: bigint[] = [];
      for (const one of await checkpoints.active())
        if (one.projection === projection && one.topic === topic) shown[one.partition] = BigInt(one.next);
      return shown;
    },
  });
  addStreamMetrics(parts.metrics, hub.counters);
  // Before the server waits for the answers that are open.
  app.addHook('preClose', () => hub.close());
  return {
    ...{ hub, kinds: streams, projections },
    noteForbidden: (shown, identity, required) => {
      // All who are asked who they are have been made out by it.
      if (authentication !== 'off') authentication.noteForbidden(shown, identity as Identity, required);
    },
  };
};
