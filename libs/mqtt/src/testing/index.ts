export { type PacketProxy, packetProxy } from './packet-proxy.ts';
export { publishMany } from './publish-many.ts';
export {
  connectPacket,
  ids,
  publishPacket,
  type RawClient,
  type RawConnect,
  rawConnected,
  rawSocket,
  rawTcp,
} from './raw-client.ts';
export { type RawDevice, type RawDeviceOptions, rawDevice } from './raw-device.ts';
