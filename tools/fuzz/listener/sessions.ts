/** What strange clients of MQTT 3.1.1 and 5 say to the MQTT listener: a connection each, as the pieces of bytes that it writes. */
import { type Numbers, seededNumbers, traffic } from '@plenum/simulation';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { cutAnyhow, mutatedPackets } from '../mqtt/mutate-packets.ts';
import { connectOf as connect5, packetOf as packet5 } from '../mqtt/packets.ts';
import { below, mutated, oneOf, randomBytes } from '../mutate.ts';

/** Pieces are written one by one, each in a turn of its own. */
export type Session = readonly Uint8Array[];

const generate = (packet: Packet): Buffer => mqttPacket.generate(packet);

const connect = (numbers: Numbers, more: object = {}): Buffer =>
  generate({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: `fuzz-${below(numbers, 40)}` },
    ...{ clean: numbers() < 0.8, keepalive: below(numbers, 100) },
    ...more,
  });

/** A CONNECT without anything strange about it. */
export const connectOf = (clientId: string): Buffer =>
  generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 60 });

const topics = [
  ...['ceiling/sensors/fuzz_temperature/data', 'ceiling/nodes/fuzz/status', 'ceiling/nodes/fuzz/registration'],
  ...[
    'ceiling/commands/fuzz',
    'ceiling/commands/fuzz/response',
    'ceiling',
    '/',
    'a'.repeat(300),
    '$SYS/x',
    'é/\u{1f600}',
  ],
];

const filters = [...topics, '#', '+/+/+', '$share/g/#', 'ceiling/#/x', '+', '', '$SYS/#'];

const sources = traffic({
  seed: 7,
  nodes: 8,
  messages: Number.POSITIVE_INFINITY,
  shares: { malformed: 0.2, again: 0.1, late: 0.1, reordered: 0.1 },
});

const publish = (numbers: Numbers, protocolVersion: 4 | 5 = 4): Buffer => {
  const message = sources.next(Date.now() * 1000);
  if (message === undefined) throw new Error('the traffic has no end');
  const payload = numbers() < 0.5 ? mutated(numbers, message.payload) : Buffer.from(message.payload);
  const qos = below(numbers, 3) as 0 | 1 | 2;
  const topic = numbers() < 0.7 ? message.topic : oneOf(numbers, topics);
  const flags = { retain: numbers() < 0.2, dup: qos > 0 && numbers() < 0.2 };
  const published: Packet = {
    ...{ cmd: 'publish', topic, payload, qos, ...flags },
    ...(qos > 0 && { messageId: identifier(numbers) }),
    ...(protocolVersion === 5 && numbers() < 0.5 && { properties: properties(numbers) }),
  };
  return mqttPacket.generate(published, { protocolVersion });
};

const properties = (numbers: Numbers) => ({
  messageExpiryInterval: below(numbers, 100),
  userProperties: { k: oneOf(numbers, ['v', '', '\u00e9']), ['n'.repeat(below(numbers, 300))]: 'v' },
});

/** A client of MQTT 5: readings, and everything else that it may send. */
const session5 = (numbers: Numbers): readonly Buffer[] => [
  connect5(numbers, 5),
  ...many(numbers, 20, (next) => (next() < 0.6 ? publish(next, 5) : packet5(next, 5))),
];

const identifier = (numbers: Numbers): number => 1 + below(numbers, 65_535);

const subscription = (numbers: Numbers) => ({ topic: oneOf(numbers, filters), qos: below(numbers, 3) as 0 | 1 | 2 });

const packet = (numbers: Numbers): Buffer => {
  const chance = numbers();
  if (chance < 0.6) return publish(numbers);
  const messageId = identifier(numbers);
  if (chance < 0.7) return generate({ cmd: 'subscribe', messageId, subscriptions: [subscription(numbers)] });
  if (chance < 0.75) return generate({ cmd: 'unsubscribe', messageId, unsubscriptions: [oneOf(numbers, filters)] });
  if (chance < 0.8) return connect(numbers);
  const cmd = oneOf(numbers, ['puback', 'pubrec', 'pubrel', 'pubcomp', 'pingreq', 'disconnect'] as const);
  return cmd === 'pingreq' || cmd === 'disconnect' ? generate({ cmd }) : generate({ cmd, messageId });
};

/** Bytes that are no text, and names that MQTT forbids. */
const badNames: readonly (readonly number[])[] = [
  ...[[], [0x00], [0x61, 0x00], [0x61, 0xfc], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80]],
  ...[[0xe2, 0x82], [0x23], [0x61, 0x2b], [0x23, 0x2f, 0x61], [0x24, 0x53, 0x59, 0x53, 0x2f, 0x78]],
];

const framed = (first: number, ...body: readonly (readonly number[])[]): Buffer => {
  const content = body.flat(); // At most 127 bytes.
  return Buffer.from([first, content.length, ...content]);
};

const field = (bytes: readonly number[]): readonly number[] => [bytes.length >> 8, bytes.length & 0xff, ...bytes];

/** Right but for one thing, which MQTT 3.1.1 wants the connection closed for. */
const nearlyRight = (numbers: Numbers): Buffer => {
  const name = field([...Buffer.from('ceiling/sensors/'), ...oneOf(numbers, badNames)]);
  const good = field([...Buffer.from('ceiling')]);
  const bad = field(oneOf(numbers, badNames));
  return oneOf(numbers, [
    framed(0x32, numbers() < 0.5 ? name : bad, [0, 1], [0x7b, 0x7d]),
    framed(0x34, bad, [0, 1], [0x7b, 0x7d]),
    framed(0x30, bad, [0x7b, 0x7d]),
    framed(0x32, good, [0, 0], [0x7b, 0x7d]),
    framed(0x38, good, [0x7b, 0x7d]),
    framed(0x82, [0, 0], good, [1]),
    framed(0x82, [0, 1], bad, [1]),
    framed(0x82, [0, 1], good, [3 + below(numbers, 253)]),
    framed(0x82, [0, 1]),
    framed(0xa2, [0, 1], bad),
    framed(0x80 + below(numbers, 16), [0, 1], good, [1]),
    framed(oneOf(numbers, [0x40, 0x50, 0x62, 0x70]), randomArray(numbers, below(numbers, 5))),
    framed(oneOf(numbers, [0xc0, 0xe0]), randomArray(numbers, 1 + below(numbers, 3))),
    framed(0x10 + below(numbers, 16) * 16 + below(numbers, 16), randomArray(numbers, below(numbers, 20))),
  ]);
};

const randomArray = (numbers: Numbers, length: number): readonly number[] => [...randomBytes(numbers, length)];

/** A CONNECT with any flags, and fields that may be no text. */
const badConnect = (numbers: Numbers): Buffer => {
  const bad = (): readonly number[] => (numbers() < 0.3 ? field(oneOf(numbers, badNames)) : field([0x61]));
  const fields = Array.from({ length: 1 + below(numbers, 5) }, bad);
  const level = numbers() < 0.8 ? 4 : below(numbers, 256);
  return framed(0x10, field([...Buffer.from('MQTT')]), [level, below(numbers, 256), 0, 60], ...fields);
};

/** A fixed header that promises up to 256 MiB, and a little of it. */
const huge = (numbers: Numbers): Buffer => {
  const length = oneOf(numbers, [
    ...[
      [0xff, 0xff, 0xff, 0x7f],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
      [0x80, 0x80, 0x80, 0x00],
      [0x81, 0x80, 0x10],
    ],
  ]);
  return Buffer.from([
    below(numbers, 16) * 16 + below(numbers, 16),
    ...length,
    ...randomBytes(numbers, below(numbers, 400)),
  ]);
};

type Kind = (numbers: Numbers) => Session;

const many = <Piece extends Uint8Array>(numbers: Numbers, most: number, piece: (numbers: Numbers) => Piece): Piece[] =>
  Array.from({ length: 1 + below(numbers, most) }, () => piece(numbers));

const kinds: readonly Kind[] = [
  session5,
  (numbers) => cutAnyhow(numbers, session5(numbers)),
  (numbers) => cutAnyhow(numbers, mutatedPackets(numbers, session5(numbers))),
  (numbers) => many(numbers, 3, () => randomBytes(numbers, 1 + below(numbers, 200))),
  (numbers) => [mutated(numbers, connect(numbers)), ...many(numbers, 4, packet)],
  (numbers) => [connect(numbers), ...many(numbers, 30, packet)],
  (numbers) => [connect(numbers), ...many(numbers, 20, packet), mutated(numbers, packet(numbers))],
  (numbers) => [
    connect(numbers),
    ...many(numbers, 12, (next) => (next() < 0.2 ? mutated(next, packet(next)) : packet(next))),
  ],
  (numbers) => [...(numbers() < 0.5 ? [connect(numbers)] : []), huge(numbers), ...many(numbers, 3, packet)],
  (numbers) => [connect(numbers), ...many(numbers, 6, packet), nearlyRight(numbers), ...many(numbers, 3, packet)],
  (numbers) => [badConnect(numbers), ...many(numbers, 3, packet)],
  // Byte by byte, and cut off in the middle of one.
  (numbers) => {
    const bytes = Buffer.concat([connect(numbers), packet(numbers)]);
    const pieces = Array.from(bytes.subarray(0, below(numbers, bytes.length)), (byte) => Buffer.from([byte]));
    return pieces.length === 0 ? [bytes] : pieces;
  },
  // A will that is strange, and an end without goodbye.
  (numbers) => {
    const will = {
      topic: oneOf(numbers, topics),
      payload: randomBytes(numbers, below(numbers, 50)),
      qos: 1,
      retain: true,
    };
    return [connect(numbers, { will }), ...many(numbers, 3, packet)];
  },
];

/** The session of a number; the same for the same seed but for the times in its payloads. */
export const sessionOf = (seed: number, n: number): Session => {
  const numbers = seededNumbers(seed * 1_000_003 + n);
  return oneOf(numbers, kinds)(numbers);
};
