export { registerConsumerMetrics } from './consumer-metrics.ts';
export { createLogger, type LogLevel } from './logger.ts';
export { type Probes, serveProbes } from './probes.ts';
export { type Labels, type Metric, type MetricsRegistry, metricsRegistry, type Read, type Sample } from './registry.ts';
