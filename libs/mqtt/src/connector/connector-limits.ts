/** How much an MQTT connector takes from its broker, and how long it waits for one. */
export type ConnectorLimits = {
  /** The largest MQTT packet. A larger PUBLISH is quarantined by its length, digest and beginning. */
  readonly packetBytesMax: number;
  /** Messages the broker may have sent and not got back acknowledged. Brokers take it for advice: memory is bounded by not reading. */
  readonly inFlightMax: number;
  /**
   * What CONNECT announces: the broker gives up when nothing comes from us for one and a half of these. One that was stopped finds
   * our pings unread when it goes on, and blames us for the time: so one and a half of these are longer than `silentMs`.
   */
  readonly keepaliveMs: number;
  /** How often it is pinged: every answer also says that it has read all acknowledgements before. */
  readonly pingMs: number;
  /**
   * How long it may send nothing at all though it is pinged. A Mosquitto that writes a long queue, or a virtual machine
   * that is moved, is silent for tens of seconds and then goes on; to connect again would make it send everything once
   * more. A peer that is gone is noticed within this and two pings.
   */
  readonly silentMs: number;
  /** How long the broker keeps the session, and what waits in it, while nobody is connected. */
  readonly sessionExpirySeconds: number;
  /** From opening the socket to the last SUBACK. */
  readonly connectTimeoutMs: number;
  /** The first pause before connecting again; doubled at every failure up to the second. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** Failures in a row after which another process may try. */
  readonly failuresMax: number;
  /** How long `close` waits for the log to take what is in hand. */
  readonly drainTimeoutMs: number;
};

export const defaultConnectorLimits: ConnectorLimits = {
  packetBytesMax: 256 * 1024,
  inFlightMax: 2000,
  keepaliveMs: 60_000,
  pingMs: 5000,
  silentMs: 60_000,
  sessionExpirySeconds: 0xff_ff_ff_ff, // Never (MQTT 5, 3.1.2.11.2), as a session of MQTT 3.1.1.
  connectTimeoutMs: 10_000,
  retryMsMin: 100,
  retryMsMax: 5000,
  failuresMax: 3,
  drainTimeoutMs: 10_000,
};
