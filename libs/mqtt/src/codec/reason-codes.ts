/** Reason codes of MQTT 5 (2.4), and what an MQTT 3.1.1 client hears instead where it hears anything. */

export const reason = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  unsupportedProtocolVersion: 0x84,
  clientIdNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  banned: 0x8a,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdInUse: 0x91,
  packetIdNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  retainNotSupported: 0x9a,
  qosNotSupported: 0x9b,
  useAnotherServer: 0x9c,
  serverMoved: 0x9d,
  sharedSubscriptionsNotSupported: 0x9e,
  connectionRateExceeded: 0x9f,
  maximumConnectTime: 0xa0,
  subscriptionIdsNotSupported: 0xa1,
  wildcardSubscriptionsNotSupported: 0xa2,
} as const;

export type Reason = (typeof reason)[keyof typeof reason];

/** CONNACK of MQTT 3.1.1 (3.2.2.3) for a reason of MQTT 5; `undefined`: the connection is closed without one. */
export const returnCodeOf = (code: number): 0 | 1 | 2 | 3 | 4 | 5 | undefined => returnCodes.get(code);

const returnCodes: ReadonlyMap<number, 0 | 1 | 2 | 3 | 4 | 5> = new Map([
  [reason.success, 0],
  [reason.unsupportedProtocolVersion, 1],
  [reason.clientIdNotValid, 2],
  [reason.serverUnavailable, 3],
  [reason.serverBusy, 3],
  [reason.badUserNameOrPassword, 4],
  [reason.notAuthorized, 5],
  [reason.banned, 5],
]);
