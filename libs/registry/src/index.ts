export { RegistryRefusal } from './answers.ts';
export { type Listed, listSchemas, type Registered, registerSchemas } from './register-schemas.ts';
export { compatibility, type RegistryClient, type RegistrySettings, registryClient } from './registry-client.ts';
export { registryIds, SchemasNotRegistered } from './registry-ids.ts';
export { type Patience, untilBack } from './until-back.ts';
