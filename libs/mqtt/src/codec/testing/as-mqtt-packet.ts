/** Packets of this codec as `mqtt-packet` has them, which knows nothing of this codec. */
import mqttPacket, { type Packet } from 'mqtt-packet';
import type { ClientPacket, Level, Properties } from '../packets.ts';

/** Bytes of a packet, by `mqtt-packet`. */
export const bytesOf = (packet: ClientPacket, level: Level): Buffer =>
  mqttPacket.generate(asTheirs(packet, level) as Packet, { protocolVersion: level }); // Built below as it wants it.

const asTheirs = (packet: ClientPacket, level: Level): object => {
  switch (packet.type) {
    case 'connect': {
      const { clean, keepAliveS, clientId, userName, password, will, properties } = packet;
      return {
        ...{ cmd: 'connect', clean, keepalive: keepAliveS, clientId, properties: propertiesOf(properties) },
        ...{ protocolVersion: level, protocolId: level === 3 ? 'MQIsdp' : 'MQTT' },
        ...(userName === undefined ? {} : { username: userName }),
        ...(password === undefined ? {} : { password }),
        ...(will === undefined ? {} : { will: { ...will, properties: propertiesOf(will.properties) } }),
      };
    }
    case 'publish':
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp': {
      const { type: cmd, id: messageId, properties, ...rest } = packet;
      const code = 'reason' in packet && level === 5 ? { reasonCode: packet.reason } : {};
      return { cmd, messageId, ...rest, ...code, properties: propertiesOf(properties) };
    }
    case 'subscribe': {
      const subscriptions = packet.requests.map(({ filter, qos, noLocal, retainAsPublished, retainHandling }) => ({
        ...{ topic: filter, qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling },
      }));
      return { cmd: 'subscribe', messageId: packet.id, subscriptions, properties: propertiesOf(packet.properties) };
    }
    case 'unsubscribe': {
      const { filters: unsubscriptions, id: messageId, properties } = packet;
      return { cmd: 'unsubscribe', messageId, unsubscriptions, properties: propertiesOf(properties) };
    }
    case 'disconnect':
    case 'auth':
      return { cmd: packet.type, reasonCode: packet.reason, properties: propertiesOf(packet.properties) };
    case 'pingreq':
      return { cmd: 'pingreq' };
    case 'other-level':
      throw new Error('has no bytes of its own');
  }
};

/** Properties by the names of `mqtt-packet`, which has booleans for what is 0 or 1. */
export const propertiesOf = (properties: Properties | undefined): Record<string, unknown> => {
  const theirs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name === 'userProperties') theirs[name] = byName(properties?.userProperties ?? []);
    else if (name === 'subscriptionIds') theirs.subscriptionIdentifier = one(properties?.subscriptionIds ?? []);
    else theirs[names.get(name) ?? name] = booleans.has(name) ? value === 1 : value;
  }
  return theirs;
};

const byName = (pairs: readonly (readonly [string, string])[]): Record<string, string | readonly string[]> => {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, one(all.map(([, value]) => value)) as string]));
};

const one = <Value>(all: readonly Value[]): Value | readonly Value[] | undefined => (all.length > 1 ? all : all[0]);

const names = new Map([
  ['payloadFormat', 'payloadFormatIndicator'],
  ['messageExpiryS', 'messageExpiryInterval'],
  ['sessionExpiryS', 'sessionExpiryInterval'],
  ['assignedClientId', 'assignedClientIdentifier'],
  ['serverKeepAliveS', 'serverKeepAlive'],
  ['willDelayS', 'willDelayInterval'],
  ['maximumQos', 'maximumQoS'],
  ['maximumPacketBytes', 'maximumPacketSize'],
  ['wildcardSubscriptionsAvailable', 'wildcardSubscriptionAvailable'],
  ['subscriptionIdsAvailable', 'subscriptionIdentifiersAvailable'],
  ['sharedSubscriptionsAvailable', 'sharedSubscriptionAvailable'],
]);

const booleans = new Set([
  ...['payloadFormat', 'requestProblemInformation', 'requestResponseInformation', 'retainAvailable'],
  ...['wildcardSubscriptionsAvailable', 'subscriptionIdsAvailable', 'sharedSubscriptionsAvailable'],
]);
