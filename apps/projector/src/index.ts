export { projectorSettings, settings } from './config.ts';
export { type ProjectorParts, type ProjectorProgress, projectorProgress, runProjector } from './run.ts';
