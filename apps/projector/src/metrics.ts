/** The projector's live counters as metrics. The sums that must balance are read from the database by the API. */
import type { MetricsRegistry, Sample } from '@plenum/metrics';
import type { ProjectionProgress } from '@plenum/runtime';
import type { ProjectorProgress } from './run.ts';

export const registerProjectorMetrics = (registry: MetricsRegistry, progress: ProjectorProgress): void => {
  const labels = ['projection'];
  const ofEach =
    (value: (one: ProjectionProgress) => number): (() => readonly Sample[]) =>
    () =>
      [...progress].map(([projection, one]) => ({ labels: { projection }, value: value(one) }));

  registry.counter(
    { name: 'plenum_projector_records_total', help: 'Records brought into a read model.', labels },
    ofEach(({ recordsRead }) => recordsRead),
  );
  registry.counter(
    { name: 'plenum_projector_batches_total', help: 'Batches handled.', labels },
    ofEach(({ batches }) => batches),
  );
  registry.counter(
    {
      name: 'plenum_projector_batches_elsewhere_total',
      help: 'Batches that the checkpoint did not fit: redelivered, or read too far ahead.',
      labels,
    },
    ofEach(({ elsewhere }) => elsewhere),
  );
  registry.counter(
    { name: 'plenum_projector_transient_waits_total', help: 'Waits for a database or a log that was away.', labels },
    ofEach(({ transientWaits }) => transientWaits),
  );
  registry.gauge(
    { name: 'plenum_projector_last_batch_timestamp_seconds', help: 'When the last batch was handled.', labels },
    ofEach(({ lastBatchTimeMs }) => (lastBatchTimeMs ?? 0) / 1_000),
  );
  registry.gauge(
    {
      name: 'plenum_projector_lag_records',
      help: 'Records behind the end of the log, in partitions that this process has read.',
      labels: ['projection', 'partition'],
    },
    () =>
      [...progress].flatMap(([projection, { lag }]) =>
        [...lag].map(([partition, records]) => ({ labels: { projection, partition }, value: Number(records) })),
      ),
  );
};
