export { type EmbeddedState, embeddedState } from './embedded-state.ts';
export { removeEmbedded } from './remove-embedded.ts';
export {
  DirectoryInUse,
  type EmbeddedServer,
  type EmbeddedSettings,
  embeddedPortUsual,
  startEmbedded,
} from './start-embedded.ts';
