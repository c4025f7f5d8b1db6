export { geometries, geometriesOf } from './geometries.ts';
