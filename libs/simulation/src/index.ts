export { type Expected, expectedOf } from './expected.ts';
export type { Written } from './malformed.ts';
export type { SimulatedNode } from './node.ts';
export { type Numbers, seededNumbers } from './random.ts';
export { type Disturbance, disturbances, type Shares } from './roles.ts';
export { latenessUs, type SimulatedMessage, type Traffic, type TrafficPlan, traffic } from './traffic.ts';
