export type { RouteExpectations } from './route-expectations.ts';
