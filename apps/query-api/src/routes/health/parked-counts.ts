/**
 * What is parked, for monitoring: something that was acknowledged is in no table. One sensor that stands still makes no
 * API unready, so it is reported beside the readiness and not instead of it.
 */
import type { MetricsRegistry } from '@plenum/metrics';
import { TransientFailure } from '@plenum/runtime';
import type { CheckpointReads } from '../../consumers/checkpoints.ts';
import { onceASecond } from '../../conventions/once-a-second.ts';

/** Parked records by projection, of the projections that have any. @throws TransientFailure. */
export type ParkedCounts = () => Promise<Readonly<Record<string, number>>>;

export const parkedCounts = ({ active }: Pick<CheckpointReads, 'active'>): ParkedCounts =>
  onceASecond(async () => {
    const counts: Record<string, number> = {};
    for (const { projection, parked } of await active())
      if (parked > 0) counts[projection] = (counts[projection] ?? 0) + parked;
    return counts;
  });

export const addParkedMetrics = (metrics: MetricsRegistry, counts: ParkedCounts): void =>
  metrics.gauge(
    { name: 'plenum_api_parked_records', help: 'Records that a read model has set aside.', labels: ['projection'] },
    async () => {
      try {
        return Object.entries(await counts()).map(([projection, value]) => ({ labels: { projection }, value }));
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        return []; // What is away has metrics of its own.
      }
    },
  );
