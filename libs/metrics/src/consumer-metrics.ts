/** The live counters of all consumers of a process as one set of metrics. The balance is read from the database by the API. */
import type { ConsumerProgress } from '@plenum/runtime';
import type { MetricsRegistry, Sample } from './registry.ts';

/** By consumer name. */
type Consumers = ReadonlyMap<string, ConsumerProgress>;

/** What was registered with each registry: several parts of one process have consumers. */
const registered = new WeakMap<MetricsRegistry, Consumers[]>();

export const registerConsumerMetrics = (registry: MetricsRegistry, consumers: Consumers): void => {
  const there = registered.get(registry);
  if (there !== undefined) {
    there.push(consumers);
    return;
  }
  const all = [consumers];
  registered.set(registry, all);
  addMetrics(registry, () => all.flatMap((some) => [...some]));
};

const addMetrics = (registry: MetricsRegistry, all: () => readonly (readonly [string, ConsumerProgress])[]): void => {
  const labels = ['consumer'];
  const ofEach =
    (value: (one: ConsumerProgress) => number): (() => readonly Sample[]) =>
    () =>
      all().map(([consumer, one]) => ({ labels: { consumer }, value: value(one) }));

  registry.counter(
    { name: 'plenum_consumer_records_total', help: 'Records of the log that were dealt with.', labels },
    ofEach(({ recordsRead }) => recordsRead),
  );
  registry.counter(
    { name: 'plenum_consumer_batches_total', help: 'Batches handled.', labels },
    ofEach(({ batches }) => batches),
  );
  registry.counter(
    {
      name: 'plenum_consumer_batches_elsewhere_total',
      help: 'Batches that the checkpoint did not fit: redelivered, or read too far ahead.',
      labels,
    },
    ofEach(({ elsewhere }) => elsewhere),
  );
  registry.counter(
    { name: 'plenum_consumer_transient_waits_total', help: 'Waits for a database or a log that was away.', labels },
    ofEach(({ transientWaits }) => transientWaits),
  );
  registry.gauge(
    { name: 'plenum_consumer_last_batch_timestamp_seconds', help: 'When the last batch was handled.', labels },
    ofEach(({ lastBatchTimeMs }) => (lastBatchTimeMs ?? 0) / 1_000),
  );
  registry.gauge(
    {
      name: 'plenum_consumer_lag_records',
      help: 'Records behind the end of the log, in partitions that this process has read.',
      labels: ['consumer', 'partition'],
    },
    () =>
      all().flatMap(([consumer, { lag }]) =>
        [...lag].map(([partition, records]) => ({ labels: { consumer, partition }, value: Number(records) })),
      ),
  );
};
