export { anyCeiling, ceilingOf } from './ceilings.ts';
export { anyLine, anyProject, projectOf } from './projects.ts';
export { routeExpectations } from './route-expectations.ts';
