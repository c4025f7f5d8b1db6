/** Properties that a server sends (MQTT 5, 2.2.2.2), and how they are written in an answer. */
import { type Cursor, Malformed } from './received.ts';

export type ReceivedProperties = {
  /** As text, in the order of their identifiers; user properties last, in the order they came. */
  readonly shown: readonly string[];
  readonly topicAlias: number | undefined;
};

type Kind = {
  readonly name: string;
  /** Packet types that have it when a server sends them, as their first digit. */
  readonly in: readonly number[];
  readonly read: (cursor: Cursor) => string;
  /** Every server chooses it for itself: it is written only when the script asks for it. */
  readonly free?: true;
};

const connack = 2;
const publish = 3;
const disconnect = 14;
const auth = 15;
/** Everything but PUBLISH and PINGRESP. */
const answers = [connack, 4, 5, 6, 7, 9, 11, disconnect, auth];

const quoted = (cursor: Cursor): string => JSON.stringify(cursor.text());
const decimal =
  (read: (cursor: Cursor) => number) =>
  (cursor: Cursor): string =>
    String(read(cursor));
const byte = decimal((cursor) => cursor.byte());
const flag = decimal((cursor) => {
  const value = cursor.byte();
  if (value > 1) throw new Malformed(`a flag of ${value}`);
  return value;
});
const number = decimal((cursor) => cursor.number());
const long = decimal((cursor) => cursor.long());

const kinds: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [0x01, { name: 'format', in: [publish], read: flag }],
  [0x02, { name: 'expiry', in: [publish], read: (cursor) => `~${Math.ceil(cursor.long() / 10) * 10}` }],
  [0x03, { name: 'type', in: [publish], read: quoted }],
  [0x08, { name: 'response', in: [publish], read: quoted }],
  [0x09, { name: 'correlation', in: [publish], read: (cursor) => JSON.stringify(cursor.bytes().toString('latin1')) }],
  [0x0b, { name: 'id', in: [publish], read: decimal((cursor) => cursor.variable()) }],
  [0x11, { name: 'session-expiry', in: [connack], read: long }],
  [0x12, { name: 'assigned-client-id', in: [connack], read: (cursor) => (cursor.text() === '' ? 'empty' : '') }],
  [0x13, { name: 'server-keep-alive', in: [connack], read: number }],
  [0x15, { name: 'auth-method', in: [connack, auth], read: quoted }],
  [
    0x16,
    { name: 'auth-data', in: [connack, auth], read: (cursor) => JSON.stringify(cursor.bytes().toString('latin1')) },
  ],
  [0x1a, { name: 'response-information', in: [connack], read: quoted }],
  [0x1c, { name: 'server-reference', in: [connack, disconnect], read: quoted }],
  [0x1f, { name: 'reason-string', in: answers, read: (cursor) => (cursor.text() === '' ? 'empty' : ''), free: true }],
  [0x21, { name: 'receive-maximum', in: [connack], read: number, free: true }],
  [0x22, { name: 'topic-alias-maximum', in: [connack], read: number, free: true }],
  [0x24, { name: 'maximum-qos', in: [connack], read: flag }],
  [0x25, { name: 'retain-available', in: [connack], read: flag, free: true }],
  [0x27, { name: 'maximum-packet-size', in: [connack], read: long, free: true }],
  [0x28, { name: 'wildcards-available', in: [connack], read: flag, free: true }],
  [0x29, { name: 'subscription-ids-available', in: [connack], read: flag, free: true }],
  [0x2a, { name: 'shared-available', in: [connack], read: byte, free: true }],
]);

/** @throws {Malformed} when one is unknown, comes twice, or may not be in a packet of this type. */
export const readProperties = (cursor: Cursor, type: number, wanted: ReadonlySet<string>): ReceivedProperties => {
  const part = cursor.part(cursor.variable());
  const found = new Map<number, readonly string[]>();
  const users: string[] = [];
  let topicAlias: number | undefined;
  while (part.left > 0) {
    const id = part.variable();
    if (id === 0x26) users.push(`user ${part.text()}=${part.text()}`);
    else if (id === 0x23 && type === publish && topicAlias === undefined) topicAlias = part.number();
    else {
      const before = found.get(id) ?? [];
      const kind = kinds.get(id);
      if (kind === undefined || !kind.in.includes(type)) throw new Malformed(`property ${id} in packet ${type}`);
      if (before.length > 0 && id !== 0x0b) throw new Malformed(`property ${id} twice`);
      found.set(id, [...before, kind.read(part)]);
    }
  }
  const shown = [...found]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([id, values]) => {
      const { name, free } = kinds.get(id) ?? { name: '?' };
      if (free === true && !wanted.has(name)) return [];
      return [id === 0x0b ? `ids ${values.toSorted(byNumber).join(' ')}` : [name, ...values].join(' ').trimEnd()];
    });
  return { shown: [...shown, ...users], topicAlias };
};

const byNumber = (one: string, other: string): number => Number(one) - Number(other);
