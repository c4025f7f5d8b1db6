/** What the exporter has as metrics. */
import type { MetricsRegistry } from '@plenum/metrics';
import type { ExporterCounts } from './run-one.ts';

export const registerExporterMetrics = (registry: MetricsRegistry, counts: ExporterCounts): void => {
  registry.counter(
    {
      name: 'plenum_exports_total',
      help: 'Exports that were taken up here, by what came of them.',
      labels: ['outcome'],
    },
    () => [
      { labels: { outcome: 'made' }, value: counts.made },
      { labels: { outcome: 'failed' }, value: counts.failed },
      { labels: { outcome: 'given_back' }, value: counts.givenBack },
    ],
  );
  registry.counter(
    { name: 'plenum_export_bytes_total', help: 'Bytes of the files that were made here.' },
    () => counts.bytes,
  );
  registry.counter(
    { name: 'plenum_export_rows_total', help: 'Rows in the files that were made here.' },
    () => counts.rows,
  );
};
