import client from 'prom-client';
import { type EventLoopLag, measureEventLoopLag } from './event-loop-lag.ts';

export type Metric = {
  /** Prometheus conventions: `plenum_` first, the unit last, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Of a histogram: where its buckets end, in seconds. Each is a series for every combination of labels. */
  readonly bucketsS?: readonly number[];
};

export type Labels = Readonly<Record<string, string>>;
export type Sample = { readonly labels: Labels; readonly value: number };
export type Read = () => number | readonly Sample[] | Promise<number | readonly Sample[]>;

/**
 * Metrics of one process. Loops count in plain objects, and a metric reads them when it is asked for: counting costs
 * nothing on the way of a message.
 */
export type MetricsRegistry = {
  /** A number that only grows. */
  counter(metric: Metric, read: Read): void;
  /** A number that goes up and down. */
  gauge(metric: Metric, read: Read): void;
  /** How long something took. Returns the function that records one, in seconds. */
  histogram(metric: Metric): (labels: Labels, seconds: number) => void;
  /** Prometheus text format, of this content type. */
  text(): Promise<string>;
  readonly contentType: string;
};

/** CPU, memory and event loop of this process are always in it. */
export const metricsRegistry = (): MetricsRegistry => {
  const registry = new client.Registry();
  collectProcessMetrics(registry);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    gauge: (metric, read) => {
      const gauge: client.Gauge = new client.Gauge({
        ...configuration(metric, registry),
        collect: async () => {
          const samples = samplesOf(await read());
          gauge.reset();
          for (const { labels, value } of samples) gauge.set(labels, value);
        },
      });
    },
    counter: (metric, read) => {
      const counter: client.Counter = new client.Counter({
        ...configuration(metric, registry),
        collect: async () => {
          const samples = samplesOf(await read());
          counter.reset();
          for (const { labels, value } of samples) counter.inc(labels, value);
        },
      });
    },
    histogram: (metric) => {
      const buckets = metric.bucketsS === undefined ? {} : { buckets: [...metric.bucketsS] };
      const histogram = new client.Histogram({ ...configuration(metric, registry), ...buckets });
      return (labels, seconds) => histogram.observe(labels, seconds);
    },
  };
};

/** Of a timer: so far off that it never fires. */
const neverMs = 2 ** 31 - 1;

/** The client's, but for how late the event loop is: that is measured here. */
const collectProcessMetrics = (registry: client.Registry): void => {
  client.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
  for (const { name } of registry.getMetricsAsArray()) {
    if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name);
  }
  const readLag = measureEventLoopLag();
  const gauge = (part: keyof EventLoopLag, collect = (): void => undefined): client.Gauge => {
    const help = `How late timers were since this was read last, ${part}.`;
    return new client.Gauge({ name: `nodejs_eventloop_lag_${part}_seconds`, help, registers: [registry], collect });
  };
  // Reading forgets: the first that is asked reads for all.
  const p50 = gauge('p50', () => {
    const lag = readLag();
    p50.set(lag.p50);
    p99.set(lag.p99);
    max.set(lag.max);
  });
  const [p99, max] = [gauge('p99'), gauge('max')];
};

const configuration = ({ name, help, labels = [] }: Metric, registry: client.Registry) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
});

const samplesOf = (read: number | readonly Sample[]): readonly Sample[] =>
  typeof read === 'number' ? [{ labels: {}, value: read }] : read;
