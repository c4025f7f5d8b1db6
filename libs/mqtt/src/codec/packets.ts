/** MQTT control packets as values: what clients send and what a server answers (MQTT 3.1.1 and 5, section 3). */

/** 3: MQTT 3.1 (`MQIsdp`), 4: MQTT 3.1.1, 5: MQTT 5. */
export type Level = 3 | 4 | 5;
export type Qos = 0 | 1 | 2;

/** In the order they were sent; a name may come more than once (MQTT 5, 2.2.2.2). */
export type UserProperties = readonly (readonly [name: string, value: string])[];

/** Every property of MQTT 5 (2.2.2.2) by one name. What was not sent is not there. */
export type Properties = {
  readonly payloadFormat?: 0 | 1;
  readonly messageExpiryS?: number;
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
  /** A SUBSCRIBE has one; a PUBLISH from the server as many as subscriptions match. */
  readonly subscriptionIds?: readonly number[];
  /** 0xffffffff: for ever. */
  readonly sessionExpiryS?: number;
  readonly assignedClientId?: string;
  readonly serverKeepAliveS?: number;
  readonly authenticationMethod?: string;
  readonly authenticationData?: Uint8Array;
  readonly requestProblemInformation?: 0 | 1;
  readonly willDelayS?: number;
  readonly requestResponseInformation?: 0 | 1;
  readonly responseInformation?: string;
  readonly serverReference?: string;
  readonly reasonString?: string;
  readonly receiveMaximum?: number;
  readonly topicAliasMaximum?: number;
  readonly topicAlias?: number;
  readonly maximumQos?: 0 | 1;
  readonly retainAvailable?: 0 | 1;
  readonly userProperties?: UserProperties;
  readonly maximumPacketBytes?: number;
  readonly wildcardSubscriptionsAvailable?: 0 | 1;
  readonly subscriptionIdsAvailable?: 0 | 1;
  readonly sharedSubscriptionsAvailable?: 0 | 1;
};

export type WillPacket = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties: Properties;
};

export type ConnectPacket = {
  readonly type: 'connect';
  readonly level: Level;
  /** Clean Session of 3.1.1, Clean Start of 5. */
  readonly clean: boolean;
  readonly keepAliveS: number;
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly will: WillPacket | undefined;
  readonly properties: Properties;
};

/** Asks for a protocol level that is not spoken here; nothing behind the level was read. */
export type OtherLevelPacket = { readonly type: 'other-level'; readonly level: number };

export type PublishPacket = {
  readonly type: 'publish';
  /** Empty when a topic alias stands for it (MQTT 5). */
  readonly topic: string;
  /** A view of what came in, for as long as the reader is not asked for the next packet. */
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly dup: boolean;
  readonly retain: boolean;
  /** 0 with QoS 0. */
  readonly id: number;
  /** `undefined` when none came. */
  readonly properties: Properties | undefined;
  /** The packet is larger than may be kept: `payload` is its beginning only. */
  readonly oversized: Oversized | undefined;
  /**
   * Its topic is none (3.3.2.1, 4.7): the connection has to be closed behind it, and `topic` is empty. Whatever else is wrong
   * with a packet is thrown.
   */
  readonly badTopic: BadTopic | undefined;
};

/** Of the whole payload. */
export type Oversized = { readonly payloadBytes: number; readonly sha256: string };

/**
 * A topic name under which no client may publish. `shown`: as text, unlike that of any other bad name. `reason`: what a client of
 * MQTT 5 hears.
 */
export type BadTopic = { readonly shown: string; readonly problem: string; readonly reason: number };

export type AckPacket = {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  readonly id: number;
  /** 0 where MQTT 3.1.1 has none. */
  readonly reason: number;
  readonly properties: Properties | undefined;
};

export type SubscribeRequest = {
  readonly filter: string;
  readonly qos: Qos;
  /** MQTT 5; `false` and 0 in MQTT 3.1.1. */
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
};

export type SubscribePacket = {
  readonly type: 'subscribe';
  readonly id: number;
  readonly requests: readonly SubscribeRequest[];
  readonly properties: Properties | undefined;
};

export type UnsubscribePacket = {
  readonly type: 'unsubscribe';
  readonly id: number;
  readonly filters: readonly string[];
  readonly properties: Properties | undefined;
};

export type PingPacket = { readonly type: 'pingreq' };
export type DisconnectPacket = {
  readonly type: 'disconnect';
  readonly reason: number;
  readonly properties: Properties | undefined;
};
export type AuthPacket = {
  readonly type: 'auth';
  readonly reason: number;
  readonly properties: Properties | undefined;
};

export type ClientPacket =
  | ConnectPacket
  | OtherLevelPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | UnsubscribePacket
  | PingPacket
  | DisconnectPacket
  | AuthPacket;

/** A message as it goes to a subscriber. */
export type OutgoingMessage = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly properties: Properties | undefined;
};
