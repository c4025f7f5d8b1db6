export { type PacketReader, packetReader } from '../codec/packet-reader.ts';
export type { ClientPacket, Level } from '../codec/packets.ts';
export * as bytes from './conformance/bytes.ts';
export * as bytes5 from './conformance/bytes5.ts';
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
export { selfSigned } from './self-signed.ts';
export { type LookedAt, type ServerInProcess, serverInProcess } from './server-in-process.ts';
