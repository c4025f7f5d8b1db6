export { type Registered, registerSchemas } from './register-schemas.ts';
export {
  compatibility,
  type RegistryClient,
  RegistryRefusal,
  type RegistrySettings,
  registryClient,
} from './registry-client.ts';
export { registryIds, SchemasNotRegistered } from './registry-ids.ts';
