export { shippedConfiguration } from '../shipped-configuration.ts';
export { type MosquittoOptions, mosquittoMissing, type TestMosquitto, testMosquitto } from './test-mosquitto.ts';
