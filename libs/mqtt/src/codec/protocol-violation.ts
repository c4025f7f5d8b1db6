/** A client broke the protocol. Nothing more of it is read, and its connection is closed. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
  /** What a client of MQTT 5 hears in CONNACK or DISCONNECT (2.4). */
  readonly reason: number;

  constructor(message: string, reason: number) {
    super(message);
    this.reason = reason;
  }
}
