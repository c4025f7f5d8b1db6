export type { Authenticate, Credentials, DoorCounts } from './broker/aedes-door.ts';
export { type DoorLimits, defaultDoorLimits } from './broker/door-limits.ts';
export {
  type ConnectCounts,
  type ConnectDoor,
  type ConnectDoorParts,
  type ConnectState,
  connectDoor,
} from './connect/connect-door.ts';
export { type ConnectLimits, defaultConnectLimits } from './connect/connect-limits.ts';
export { type BrokerUrl, brokerUrl, type DialTls } from './connect/dial.ts';
export type { Credentials as BrokerCredentials } from './connect/handshake.ts';
export { type ListenDoor, type ListenDoorParts, listenDoor } from './listen-door.ts';
export type { Endpoint, TlsEndpoint, WebSocketEndpoint, WhenPortTaken } from './listeners.ts';
export { findMosquitto } from './mosquitto/find-mosquitto.ts';
export { type MosquittoSite, placedConfiguration, shippedConfiguration } from './mosquitto/shipped-configuration.ts';
