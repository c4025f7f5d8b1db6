export { exporterSettings, settings } from './config.ts';
export { type Decide, decideIn } from './decide.ts';
export { registerExporterMetrics } from './metrics.ts';
export { type ExporterParts, exporterCounts, runExporter } from './run.ts';
export type { ExporterCounts } from './run-one.ts';
export { exportWorkIn } from './work/export-work.ts';
