export { removeEmbedded } from './embedded/remove-embedded.ts';
export {
  DirectoryInUse,
  type EmbeddedServer,
  type EmbeddedSettings,
  embeddedPortUsual,
  startEmbedded,
} from './embedded/start-embedded.ts';
export { inTransaction, normaliseUrl, openPool, type PoolSettings, query } from './pool.ts';
export { translateError } from './translate-error.ts';
