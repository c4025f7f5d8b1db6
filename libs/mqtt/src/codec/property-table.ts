/** The properties of MQTT 5 (2.2.2.2): their numbers, their forms, and in which packets they may come. */
import { type Cursor, protocolError } from './cursor.ts';
import type { Properties } from './packets.ts';
import {
  binary,
  bit,
  type Form,
  fourBytes,
  nonZero,
  text,
  topicName,
  twoBytes,
  variableInteger,
} from './property-forms.ts';
import { reason } from './reason-codes.ts';

/** Packets that a client sends, as bits. */
export const place = {
  connect: 1,
  will: 2,
  publish: 4,
  acknowledge: 8,
  subscribe: 16,
  unsubscribe: 32,
  disconnect: 64,
  auth: 128,
} as const;

/** While they are read. */
export type OpenProperties = { -readonly [Name in keyof Properties]: Properties[Name] };

/** To be written; what is `undefined` is not there. */
export type GivenProperties = { readonly [Name in keyof Properties]?: Properties[Name] | undefined };

export type PropertyRow = {
  readonly id: number;
  readonly name: keyof Properties;
  /** Bits of `place`. */
  readonly places: number;
  /** @throws {ProtocolViolation} when its value is not allowed, or it has come before. */
  read(cursor: Cursor, into: OpenProperties): void;
  /** 0 when it is not there. */
  sizeOf(properties: GivenProperties): number;
  /** Writes it at `at`, if it is there, and returns where it ends. */
  write(target: Buffer, at: number, properties: GivenProperties): number;
};

const row = <Name extends keyof Properties>(
  id: number,
  name: Name,
  form: Form<NonNullable<OpenProperties[Name]>>,
  ...places: readonly (keyof typeof place)[]
): PropertyRow => {
  const shown = shownName(name);
  return {
    id,
    name,
    places: bitsOf(places),
    read: (cursor, into) => {
      if (into[name] !== undefined) throw protocolError(`${cursor.packet} with more than one ${shown}`);
      into[name] = form.read(cursor, shown);
    },
    sizeOf: (properties) => {
      const value = properties[name];
      return value === undefined ? 0 : 1 + form.sizeOf(value);
    },
    write: (target, at, properties) => {
      const value = properties[name];
      if (value === undefined) return at;
      target[at] = id;
      return form.write(target, at + 1, value);
    },
  };
};

/** `topicAlias`: "topic alias". */
const shownName = (name: string): string =>
  name.replace(/S$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const bitsOf = (places: readonly (keyof typeof place)[]): number =>
  places.reduce((bits, name) => bits | place[name], 0);

/** One in a SUBSCRIBE; in a PUBLISH to a client as many as subscriptions match (3.3.2.3.8). */
const subscriptionIds: PropertyRow = {
  id: 0x0b,
  name: 'subscriptionIds',
  places: place.subscribe,
  read: (cursor, into) => {
    if (into.subscriptionIds !== undefined) throw protocolError(`${cursor.packet} with more than one subscription id`);
    into.subscriptionIds = [nonZero(variableInteger).read(cursor, 'subscription id')];
  },
  sizeOf: ({ subscriptionIds: ids = [] }) => ids.reduce((size, id) => size + 1 + variableInteger.sizeOf(id), 0),
  write: (target, from, { subscriptionIds: ids = [] }) =>
    ids.reduce((at, id) => variableInteger.write(target, target.writeUInt8(0x0b, at), id), from),
};

type Pair = readonly [name: string, value: string];

/** As often as a client likes, in its order [MQTT-3.3.2-18]. */
const userProperties: PropertyRow = {
  id: 0x26,
  name: 'userProperties',
  places: bitsOf(['connect', 'will', 'publish', 'acknowledge', 'subscribe', 'unsubscribe', 'disconnect', 'auth']),
  read: (cursor, into) => {
    const pair: Pair = [text.read(cursor, 'user property'), text.read(cursor, 'user property')];
    if (into.userProperties === undefined) into.userProperties = [pair];
    else (into.userProperties as Pair[]).push(pair); // The list that was made here.
  },
  sizeOf: ({ userProperties: pairs = [] }) =>
    pairs.reduce((size, [name, value]) => size + 1 + text.sizeOf(name) + text.sizeOf(value), 0),
  write: (target, from, { userProperties: pairs = [] }) =>
    pairs.reduce(
      (at, [name, value]) => text.write(target, text.write(target, target.writeUInt8(0x26, at), name), value),
      from,
    ),
};

/** Those without a packet come from servers only. */
export const propertyRows: readonly PropertyRow[] = [
  row(0x01, 'payloadFormat', bit, 'will', 'publish'),
  row(0x02, 'messageExpiryS', fourBytes, 'will', 'publish'),
  row(0x03, 'contentType', text, 'will', 'publish'),
  row(0x08, 'responseTopic', topicName, 'will', 'publish'),
  row(0x09, 'correlationData', binary, 'will', 'publish'),
  subscriptionIds,
  row(0x11, 'sessionExpiryS', fourBytes, 'connect', 'disconnect'),
  row(0x12, 'assignedClientId', text),
  row(0x13, 'serverKeepAliveS', twoBytes),
  row(0x15, 'authenticationMethod', text, 'connect', 'auth'),
  row(0x16, 'authenticationData', binary, 'connect', 'auth'),
  row(0x17, 'requestProblemInformation', bit, 'connect'),
  row(0x18, 'willDelayS', fourBytes, 'will'),
  row(0x19, 'requestResponseInformation', bit, 'connect'),
  row(0x1a, 'responseInformation', text),
  row(0x1c, 'serverReference', text),
  row(0x1f, 'reasonString', text, 'acknowledge', 'disconnect', 'auth'),
  row(0x21, 'receiveMaximum', nonZero(twoBytes), 'connect'),
  row(0x22, 'topicAliasMaximum', twoBytes, 'connect'),
  row(0x23, 'topicAlias', nonZero(twoBytes, reason.topicAliasInvalid), 'publish'),
  row(0x24, 'maximumQos', bit),
  row(0x25, 'retainAvailable', bit),
  userProperties,
  row(0x27, 'maximumPacketBytes', nonZero(fourBytes), 'connect'),
  row(0x28, 'wildcardSubscriptionsAvailable', bit),
  row(0x29, 'subscriptionIdsAvailable', bit),
  row(0x2a, 'sharedSubscriptionsAvailable', bit),
];
