export { inTransaction, normaliseUrl, openPool, type PoolSettings, query } from './pool.ts';
export { translateError } from './translate-error.ts';
