export { conflictsOf } from '../conflicts.ts';
export type { RouteExpectations, Whose } from './route-expectations.ts';
export { type Draw, type Traffic, trafficOf } from './traffic.ts';
