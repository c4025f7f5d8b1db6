/** The client does not speak MQTT 3.1.1, or speaks more of it at once than is taken. Its connection is closed. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
}
