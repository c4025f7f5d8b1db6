export type { Bridge, BridgeConfig, BridgeParts } from './bridge.ts';
export { bridgeSettings, settings } from './config.ts';
export { registerBridgeMetrics } from './metrics.ts';
export { notReady } from './not-ready.ts';
export { runBridge } from './run.ts';
