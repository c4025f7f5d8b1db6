export { type Description, describeSettings } from './describe-settings.ts';
export { bool, choice, durationMs, int, list, port, sizeBytes, text, url } from './kinds.ts';
export { type JudgedNames, judgeNames, type StartedWith } from './names.ts';
export { nearest } from './nearest.ts';
export { origins } from './origins.ts';
export { processSettings } from './process-settings.ts';
export {
  type Config,
  ConfigError,
  type Environment,
  malformedIn,
  type Problem,
  readConfig,
  type Settings,
} from './read-config.ts';
export { registrySettings } from './registry-settings.ts';
export { type Declared, type Kind, type Setting, setting } from './setting.ts';
