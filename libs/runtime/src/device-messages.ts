/** The way down: a message to a device, and what became of it. The MQTT listener and the MQTT connector both offer it. */

export type DeviceMessage = {
  readonly topic: string;
  readonly payload: Uint8Array;
  /**
   * The client that it is for. Left out, whoever subscribes gets it, and the first acknowledgement settles it. A broker in
   * between cannot be asked for one of its clients.
   */
  readonly clientId?: string;
  readonly qos?: 1 | 2;
  /** For so long it may be tried. MQTT 5 devices are sent what is left of it. */
  readonly expiryMs: number;
  readonly properties?: DeviceMessageProperties;
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
  /** The device, or the broker, has answered that it does not take it, and why (a reason code of MQTT 5). */
  | { readonly outcome: 'refused'; readonly by: 'device' | 'broker'; readonly reason: number }
  /** Nobody who subscribes to the topic is connected here. Nothing was sent and nothing is kept. */
  | { readonly outcome: 'not-connected' }
  /** Sent, or on its way to be, and not acknowledged within its time: whether the device has it is unknown. */
  | { readonly outcome: 'expired' };

export type DeviceMessages = {
  /** Settles with the acknowledgement; never rejects for what a network or a device does. */
  publish(message: DeviceMessage): Promise<Delivery>;
};
