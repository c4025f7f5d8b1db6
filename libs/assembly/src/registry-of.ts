import { ConfigError } from '@plenum/config';
import type { RegistryClient } from '@plenum/registry';
import type { AssemblyConfig } from './settings.ts';

type RegistryConfig = Pick<
  AssemblyConfig,
  'SCHEMA_REGISTRY_URL' | 'SCHEMA_REGISTRY_USERNAME' | 'SCHEMA_REGISTRY_PASSWORD'
>;

/** The registry that the settings name, asked nothing yet; `undefined` when they name none. @throws {ConfigError} */
export const registryOf = async (config: RegistryConfig): Promise<RegistryClient | undefined> => {
  const { SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_PASSWORD: password } = config;
  if (username === undefined && password !== undefined) {
    throw new ConfigError([
      { name: 'SCHEMA_REGISTRY_USERNAME', problem: 'is missing: it goes with SCHEMA_REGISTRY_PASSWORD.' },
    ]);
  }
  if (url === undefined) return undefined;
  // Its modules are as many as those of a small process, which are loaded only by who has a registry.
  const { registryClient } = await import('@plenum/registry');
  return registryClient({
    url,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  });
};
