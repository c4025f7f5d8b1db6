/** The way down: a message to a device, and what became of it. The MQTT listener and the MQTT connector both offer it. */

export type DeviceMessage = {
  /** A topic name: not empty, and without wildcards. */
  readonly topic: string;
  readonly payload: Uint8Array;
  /**
   * The client that it is for. Left out, every subscriber gets it, and the first acknowledgement settles it. A broker in
   * between cannot be asked for one of its clients.
   */
  readonly clientId?: string;
  /** 1 unless said otherwise. A subscription of a lower QoS lowers it. */
  readonly qos?: 1 | 2;
  /** For so long it may be tried, 24 days at most. MQTT 5 devices are sent what is left of it. */
  readonly expiryMs: number;
  readonly properties?: DeviceMessageProperties;
  /**
   * Of QoS 1: it is not kept for a client that goes before it has acknowledged it, and not sent again by itself: who publishes it
   * does that. Then it settles as `expired` with the connection. A broker in between does as it does with all.
   */
  readonly once?: true;
};

/** Carried to MQTT 5 devices; others get the payload alone. */
export type DeviceMessageProperties = {
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
  readonly userProperties?: readonly (readonly [string, string])[];
};

export type Delivery =
  /** `by` says whose acknowledgement it is: the device's own, or only that of the broker in between. */
  | { readonly outcome: 'delivered'; readonly by: 'device' | 'broker' }
  /**
   * It is not taken, and why (a reason code of MQTT 5): by the device, which has answered so or has said at CONNECT that its
   * packets are smaller (0x95), or by what is between, which is the broker or, when too much waits already, Plenum (0x97). No
   * device that had to acknowledge it has taken it.
   */
  | { readonly outcome: 'refused'; readonly by: 'device' | 'broker'; readonly reason: number }
  /**
   * Nobody who subscribes to the topic with QoS 1 or 2 is connected here. Nothing was sent and nothing is kept. A broker says so
   * only in MQTT 5, and of all its subscribers, whether they are connected or not.
   */
  | { readonly outcome: 'not-connected' }
  /**
   * Not acknowledged within its time, or nothing can come any more: the session that it was sent in has ended, or the server has.
   * Whether the device has it is unknown.
   */
  | { readonly outcome: 'expired' };

export type DeviceMessages = {
  /**
   * Settles with the acknowledgement, that its time is over, or that the listener or the connector closes. Of several subscribers
   * the first that takes it settles it as `delivered`; it is `refused` when all of them have refused it, and `expired` else.
   * Rejects never for what a network or a device does.
   * @throws {RangeError} (as a rejection) when the topic is none to publish under.
   */
  publish(message: DeviceMessage): Promise<Delivery>;
  /**
   * Retains it in place of the topic's last message, for those who subscribe later; nothing (no bytes) takes away what is retained.
   * Who subscribes already is sent it with QoS 1. Settles when it is kept: in the store of sessions, or by the broker's
   * acknowledgement. Rejects never for what a network does. After `giveUp` nothing leaves that did not leave before.
   * @throws {RangeError} (as a rejection) when the topic is none to publish under.
   */
  retain(topic: string, payload: Uint8Array, giveUp?: AbortSignal): Promise<Retention>;
  /**
   * What is retained on this one topic now; `undefined`: nothing.
   * @throws {RangeError} (as a rejection) as `retain`. @throws TransientFailure when it cannot be asked at the moment.
   */
  retainedOn(topic: string): Promise<Uint8Array | undefined>;
};

export type Retention =
  | { readonly outcome: 'kept' }
  /** It is not taken, and why (a reason code of MQTT 5). A broker says so only in MQTT 5. */
  | { readonly outcome: 'refused'; readonly reason: number }
  /** No answer came in time, or none can come any more. It may be kept or not. */
  | { readonly outcome: 'unknown' };

/** Why nothing can be published there; `undefined` when it can (MQTT 3.1.1 and 5, 4.7.1 and 4.7.3). */
export const deviceTopicProblem = (topic: string): string | undefined => {
  if (topic === '') return 'a topic is not empty';
  if (/[+#\0]/u.test(topic)) return 'a topic to publish under holds no wildcard and no U+0000';
  if (!topic.isWellFormed()) return 'a topic is well-formed Unicode';
  return new TextEncoder().encode(topic).length > topicBytesMax
    ? `a topic has at most ${topicBytesMax} bytes`
    : undefined;
};

const topicBytesMax = 65_535;

/** The longest that a timer waits: `expiryMs` beyond it is this. */
export const deviceExpiryMsMax = 2 ** 31 - 1;
