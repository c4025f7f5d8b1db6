export { routeExpectations } from './route-expectations.ts';
