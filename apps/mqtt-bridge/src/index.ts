export type { Bridge, BridgeConfig, BridgeParts } from './bridge.ts';
export { bridgeSettings, settings } from './config.ts';
export type { AuthorizedNodes } from './listener-access.ts';
export { registerBridgeMetrics } from './metrics.ts';
export { notReady } from './not-ready.ts';
export { type RegistrationWork, registrationLeases, registrationWork } from './registrations/keep-registrations.ts';
export { runBridge } from './run.ts';
