import './quiet-packets.ts';

export { type ConnectorLimits, defaultConnectorLimits } from './connector/connector-limits.ts';
export { type BrokerUrl, brokerUrl, type DialTls } from './connector/dial.ts';
export type { Credentials as BrokerCredentials } from './connector/handshake.ts';
export {
  type ConnectorCounts,
  type ConnectorState,
  type MqttConnector,
  type MqttConnectorParts,
  mqttConnector,
} from './connector/mqtt-connector.ts';
export {
  type DynamicSecurity,
  type DynamicSecurityAnswer,
  type DynamicSecurityCommand,
  type DynamicSecurityParts,
  dynamicSecurity,
  NoDynamicSecurity,
} from './dynamic-security/dynamic-security.ts';
export { type MqttListener, type MqttListenerParts, mqttListener } from './listener/mqtt-listener.ts';
export type { Endpoint, TlsEndpoint, WebSocketEndpoint, WhenPortTaken } from './listener/server-sockets.ts';
export type { Access, Admission, ClientCertificate, Credentials, Rights } from './server/access.ts';
export type { ClientChange, ClientWatch, ConnectedClient } from './server/client-watch.ts';
export { defaultListenerLimits, type ListenerLimits } from './server/limits.ts';
export type { ListenerCounts } from './server/mqtt-server.ts';
