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
