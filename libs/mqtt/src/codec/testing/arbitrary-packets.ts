/** Any packets that clients may send, as values. */
import fc from 'fast-check';
import type {
  AckPacket,
  AuthPacket,
  ClientPacket,
  ConnectPacket,
  DisconnectPacket,
  Level,
  Properties,
  PublishPacket,
  SubscribePacket,
  UnsubscribePacket,
} from '../packets.ts';

export const text = fc.string({ unit: 'binary', maxLength: 12 }).map((any) => any.replaceAll('\0', ''));
export const topic = text.map((any) => `t${any.replaceAll(/[+#]/g, '')}`);
export const filter = fc.oneof(
  fc.constantFrom('#', '+', 'a/#', '+/b', '/+/', '$SYS/#', '$share/g/a'),
  topic.map((any) => `${any}/+`),
);
export const packetId = fc.integer({ min: 1, max: 0xffff });
export const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
export const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const four = fc.oneof(fc.constantFrom(0, 1, 0xffff_ffff), fc.nat(0xffff_ffff));
const positive = fc.integer({ min: 1, max: 0xffff });
const bit = fc.constantFrom(0 as const, 1 as const);

/** Compares equal to what is written as a literal. */
const record = <Value extends object>(
  model: {
    [Name in keyof Value]: fc.Arbitrary<Value[Name]>;
  },
): fc.Arbitrary<Value> => fc.record<Value>(model).map((one) => ({ ...one }));

/** `mqtt-packet` has one list for each name and forgets empty values, so that names come together here and values say something. */
const userProperties = fc
  .uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((all) => all.flatMap(([name, values]) => values.map((value) => [`u${name}`, `v${value}`] as const)));

const values = {
  payloadFormat: bit,
  messageExpiryS: four,
  contentType: text,
  responseTopic: topic,
  correlationData: payload,
  subscriptionIds: fc.integer({ min: 1, max: 268_435_455 }).map((id) => [id]),
  sessionExpiryS: four,
  assignedClientId: text,
  serverKeepAliveS: positive,
  authenticationMethod: text,
  authenticationData: payload,
  requestProblemInformation: bit,
  willDelayS: four,
  requestResponseInformation: bit,
  responseInformation: text,
  serverReference: text,
  reasonString: text,
  receiveMaximum: positive,
  topicAliasMaximum: fc.nat(0xffff),
  topicAlias: positive,
  maximumQos: bit,
  retainAvailable: bit,
  userProperties,
  maximumPacketBytes: fc.integer({ min: 1, max: 0xffff_ffff }),
  wildcardSubscriptionsAvailable: bit,
  subscriptionIdsAvailable: bit,
  sharedSubscriptionsAvailable: bit,
} satisfies { [Name in keyof Properties]-?: fc.Arbitrary<NonNullable<Properties[Name]>> };

/** Some of these properties. */
export const properties = (...names: readonly (keyof Properties)[]): fc.Arbitrary<Properties> => {
  const model = Object.fromEntries(names.map((name) => [name, values[name]])) as Record<string, fc.Arbitrary<unknown>>;
  return fc.record(model, { requiredKeys: [], noNullPrototype: true });
};

const message = ['payloadFormat', 'messageExpiryS', 'contentType', 'responseTopic', 'correlationData'] as const;
export const messageProperties = properties(...message, 'userProperties');

/** `undefined` when none are there, and before MQTT 5. */
export const optional = (level: Level, ...names: readonly (keyof Properties)[]) =>
  level === 5
    ? properties(...names).map((some) => (Object.keys(some).length === 0 ? undefined : some))
    : fc.constant(undefined);

export const connectPackets = (level: Level): fc.Arbitrary<ConnectPacket> => {
  const own = properties(
    ...(['sessionExpiryS', 'receiveMaximum', 'maximumPacketBytes', 'topicAliasMaximum', 'userProperties'] as const),
    ...(['requestResponseInformation', 'requestProblemInformation', 'authenticationMethod'] as const),
  );
  const will = record({
    ...{ topic, payload, qos, retain: fc.boolean() },
    properties: level === 5 ? properties(...message, 'userProperties', 'willDelayS') : fc.constant({}),
  });
  return record({
    ...{ type: fc.constant('connect' as const), level: fc.constant(level), clean: fc.boolean() },
    keepAliveS: fc.nat(0xffff),
    clientId: text.map((any) => `c${any}`),
    userName: fc.option(text, { nil: undefined }),
    password: fc.option(payload, { nil: undefined }),
    will: fc.option(will, { nil: undefined }),
    properties: level === 5 ? own : fc.constant({}),
  }).map((one) => ({ ...one, password: one.userName === undefined ? undefined : one.password }));
};

const publishPackets = (level: Level): fc.Arbitrary<PublishPacket> =>
  record({
    ...{ type: fc.constant('publish' as const), topic, payload, qos, dup: fc.boolean(), retain: fc.boolean() },
    ...{ id: packetId, properties: optional(level, ...message, 'userProperties', 'topicAlias') },
    ...{ oversized: fc.constant(undefined), badTopic: fc.constant(undefined) },
  }).map((one) => (one.qos === 0 ? { ...one, dup: false, id: 0 } : one));

const acknowledgements = (level: Level): fc.Arbitrary<AckPacket> =>
  fc
    .tuple(
      fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const),
      packetId,
      fc.boolean(),
      optional(level, 'reasonString', 'userProperties'),
    )
    .map(([type, id, isRefusal, some]) => {
      const refusal = type === 'puback' || type === 'pubrec' ? 0x97 : 0x92;
      return { type, id, reason: isRefusal && level === 5 ? refusal : 0, properties: some };
    });

const subscribePackets = (level: Level): fc.Arbitrary<SubscribePacket> => {
  const options = record({
    ...{ qos, noLocal: fc.boolean(), retainAsPublished: fc.boolean() },
    retainHandling: fc.constantFrom(0 as const, 1 as const, 2 as const),
  });
  const plain = { noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  const request = fc.tuple(filter, options).map(([one, of]) => ({
    ...{ filter: one, ...of, ...(level === 5 ? {} : plain) },
    ...(one.startsWith('$share/') ? { noLocal: false } : {}),
  }));
  return record({
    ...{ type: fc.constant('subscribe' as const), id: packetId },
    requests: fc.array(request, { minLength: 1, maxLength: 4 }),
    properties: optional(level, 'subscriptionIds', 'userProperties'),
  });
};

const unsubscribePackets = (level: Level): fc.Arbitrary<UnsubscribePacket> =>
  record({
    ...{ type: fc.constant('unsubscribe' as const), id: packetId },
    filters: fc.array(filter, { minLength: 1, maxLength: 4 }),
    properties: optional(level, 'userProperties'),
  });

const disconnectPackets = (level: Level): fc.Arbitrary<DisconnectPacket> =>
  record({
    type: fc.constant('disconnect' as const),
    reason: level === 5 ? fc.constantFrom(0, 4, 0x80, 0x99) : fc.constant(0),
    properties: optional(level, 'sessionExpiryS', 'reasonString', 'userProperties'),
  });

const authPackets: fc.Arbitrary<AuthPacket> = record({
  ...{ type: fc.constant('auth' as const), reason: fc.constantFrom(0x18, 0x19) },
  properties: fc
    .tuple(properties('authenticationData', 'reasonString', 'userProperties'), text)
    .map(([some, authenticationMethod]) => ({ ...some, authenticationMethod })),
});

/** Any packet but CONNECT. */
export const laterPackets = (level: Level): fc.Arbitrary<ClientPacket> =>
  fc.oneof(
    { weight: 4, arbitrary: publishPackets(level) },
    acknowledgements(level),
    subscribePackets(level),
    unsubscribePackets(level),
    fc.constant({ type: 'pingreq' as const }),
    disconnectPackets(level),
    ...(level === 5 ? [authPackets] : []),
  );
