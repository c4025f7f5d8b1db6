export { shippedConfiguration } from '../shipped-configuration.ts';
export { type MosquittoWithRights, mosquittoWithRights } from './mosquitto-with-rights.ts';
export {
  dynamicSecurityMissing,
  dynamicSecurityPlugin,
  type MosquittoOptions,
  mosquittoMissing,
  type TestMosquitto,
  testMosquitto,
} from './test-mosquitto.ts';
