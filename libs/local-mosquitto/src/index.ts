export { findMosquitto } from './find-mosquitto.ts';
export { type LocalMosquitto, NoMosquitto, startLocalMosquitto } from './local-mosquitto.ts';
export { type MosquittoSite, placedConfiguration, shippedConfiguration } from './shipped-configuration.ts';
