/** Properties of MQTT 5: those that a packet may have, and now and then one that it may not, or one twice. */
import { bytes5 } from '@plenum/mqtt/testing';
import type { Numbers } from '@plenum/simulation';
import { below, oneOf, randomBytes } from '../mutate.ts';

type Make = (numbers: Numbers) => Uint8Array;

const { property } = bytes5;

const seconds = (numbers: Numbers): number => oneOf(numbers, [0, 1, 2, 30, 3600, 0xffff_ffff]);
const word = (numbers: Numbers): string => oneOf(numbers, ['', 'k', 'v', '\u00e9', 'long '.repeat(8)]);
const binary = (numbers: Numbers): number[] => [...randomBytes(numbers, below(numbers, 12))];
const bit = (numbers: Numbers): number => below(numbers, 2);

const makes = {
  payloadFormat: (numbers) => property.payloadFormat(bit(numbers)),
  messageExpiry: (numbers) => property.messageExpiry(seconds(numbers)),
  contentType: (numbers) => property.contentType(word(numbers)),
  responseTopic: (numbers) => property.responseTopic(oneOf(numbers, ['a', 'a/b', 'r/s'])),
  correlationData: (numbers) => property.correlationData(binary(numbers)),
  subscriptionId: (numbers) => property.subscriptionId(1 + below(numbers, 300)),
  sessionExpiry: (numbers) => property.sessionExpiry(seconds(numbers)),
  requestProblemInformation: (numbers) => property.requestProblemInformation(bit(numbers)),
  requestResponseInformation: (numbers) => property.requestResponseInformation(bit(numbers)),
  willDelay: (numbers) => property.willDelay(seconds(numbers)),
  reasonString: (numbers) => property.reasonString(word(numbers)),
  receiveMaximum: (numbers) => property.receiveMaximum(oneOf(numbers, [1, 2, 10, 0xffff])),
  topicAliasMaximum: (numbers) => property.topicAliasMaximum(below(numbers, 20)),
  user: (numbers) => property.user(word(numbers), word(numbers)),
  maximumPacketSize: (numbers) => property.maximumPacketSize(oneOf(numbers, [1, 20, 60, 200, 0xffff_ffff])),
} satisfies Record<string, Make>;

/** None of them is for a packet that a client sends, or for one that has others. */
const others: readonly Make[] = [
  (numbers) => property.authenticationMethod(word(numbers)),
  (numbers) => property.authenticationData(binary(numbers)),
  () => property.assignedClientId('x'),
  () => property.serverKeepAlive(1),
  () => property.maximumQos(1),
  () => property.subscriptionId(0),
  () => property.receiveMaximum(0),
  () => property.topicAlias(0),
  () => property.payloadFormat(2),
  (numbers) => randomBytes(numbers, 1 + below(numbers, 6)),
];

const message = [makes.payloadFormat, makes.messageExpiry, makes.contentType, makes.responseTopic];
const most = [makes.reasonString, makes.user, makes.user];
const places = {
  connect: [
    ...[makes.sessionExpiry, makes.sessionExpiry, makes.receiveMaximum, makes.maximumPacketSize, makes.user],
    ...[makes.topicAliasMaximum, makes.requestProblemInformation, makes.requestResponseInformation],
  ],
  will: [...message, makes.correlationData, makes.user, makes.willDelay, makes.willDelay],
  publish: [...message, makes.correlationData, makes.user],
  subscribe: [makes.subscriptionId, makes.user],
  unsubscribe: [makes.user],
  acknowledgement: most,
  disconnect: [makes.sessionExpiry, ...most],
} satisfies Record<string, readonly Make[]>;

const all: readonly Make[] = Object.values(makes);

export const propertiesOf = (numbers: Numbers, place: keyof typeof places): Uint8Array[] => {
  const list: Uint8Array[] = [];
  const chosen = new Set<Make>();
  for (let left = below(numbers, 4); left > 0; left -= 1) {
    const make = oneOf(numbers, places[place]);
    if (chosen.has(make)) continue;
    chosen.add(make);
    list.push(make(numbers));
  }
  if (numbers() < 0.004) list.push(oneOf(numbers, numbers() < 0.5 ? all : others)(numbers));
  return list;
};
