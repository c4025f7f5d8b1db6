export { anyCeiling, ceilingOf } from './ceilings.ts';
