import { existsSync, globSync } from 'node:fs';

/** Where packages put the broker's plugins, by system and processor. */
const usual = [
  '/usr/lib/*/mosquitto_dynamic_security.so',
  '/usr/lib/mosquitto_dynamic_security.so',
  '/usr/local/lib/mosquitto_dynamic_security.so',
  '/opt/homebrew/lib/mosquitto_dynamic_security.so',
];

/** The dynamic-security plugin of this machine's Mosquitto. */
export const findDynamicSecurity = (patterns: readonly string[] = usual): string | undefined =>
  patterns.flatMap((pattern) => globSync(pattern)).find((file) => existsSync(file));
