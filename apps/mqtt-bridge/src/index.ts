export { bridgeSettings, settings } from './config.ts';
export { registerBridgeMetrics } from './metrics.ts';
export { notReady } from './not-ready.ts';
export { type Bridge, type BridgeConfig, type BridgeParts, runBridge } from './run.ts';
