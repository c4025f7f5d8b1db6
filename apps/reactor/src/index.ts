export { commandTimers } from './command-timers.ts';
export { reactorSettings, settings } from './config.ts';
export { registerReactorMetrics } from './metrics.ts';
export { type ReactorParts, type ReactorProgress, reactorProgress, runReactor } from './run.ts';
