export type { RouteExpectations, Whose } from './route-expectations.ts';
