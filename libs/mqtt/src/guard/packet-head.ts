/** How a packet begins, and what can be read from that: MQTT 3.1.1, 2.2, and 3.3.2 for PUBLISH. */
import { ProtocolViolation } from './protocol-violation.ts';
import { variableInteger } from './variable-integer.ts';

export const packetType = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

/** What has to be there in one piece before a packet may be passed on: of a PUBLISH all but its payload, else all of it. */
export type Head = {
  readonly type: number;
  readonly flags: number;
  /** Behind the fixed header. */
  readonly remaining: number;
  /** Where the fixed header ends. */
  readonly bodyAt: number;
  /** Where the head ends. More than there is: so far it has to be known first, and then be looked at again. */
  readonly endsAt: number;
};

/**
 * The head of the packet that begins at `at`, as far as the bytes before `end` show.
 * @throws {ProtocolViolation} as soon as they show that it is malformed, or larger than may be kept.
 */
export const headOf = (bytes: Uint8Array, at: number, end: number, packetBytesMax: number): Head => {
  const first = bytes[at] ?? 0;
  const type = first >> 4;
  const flags = first & 0x0f;
  const length = variableInteger(bytes, at + 1, end, 'remaining length');
  if (length === undefined) return { type, flags, remaining: 0, bodyAt: end + 1, endsAt: end + 1 };
  const { value: remaining, endsAt: bodyAt } = length;
  checkHeader(type, flags, remaining);
  if (type === packetType.publish) {
    return { type, flags, remaining, bodyAt, endsAt: publishHeadEnd(bytes, bodyAt, end, { flags, remaining }) };
  }
  const sizeBytes = bodyAt - at + remaining;
  if (sizeBytes > packetBytesMax) throw new ProtocolViolation(tooLarge(type, sizeBytes, packetBytesMax));
  return { type, flags, remaining, bodyAt, endsAt: bodyAt + remaining };
};

const tooLarge = (type: number, sizeBytes: number, packetBytesMax: number): string =>
  `a packet of type ${type} and ${sizeBytes} bytes; at most ${packetBytesMax} are taken`;

/** Where topic and packet id end. */
const publishHeadEnd = (
  bytes: Uint8Array,
  bodyAt: number,
  end: number,
  { flags, remaining }: Pick<Head, 'flags' | 'remaining'>,
): number => {
  if (end < bodyAt + 2 && remaining >= 2) return bodyAt + 2;
  const topicBytes = (bytes[bodyAt] ?? 0) * 256 + (bytes[bodyAt + 1] ?? 0);
  const headBytes = 2 + topicBytes + (flags & qosBits ? 2 : 0);
  if (headBytes > remaining) throw new ProtocolViolation('a PUBLISH that ends inside its topic or packet id');
  return bodyAt + headBytes;
};

const qosBits = 0x06;
const dupBit = 0x08;

const checkHeader = (type: number, flags: number, remaining: number): void => {
  if (type === packetType.publish) {
    if ((flags & qosBits) === qosBits) throw new ProtocolViolation('a PUBLISH of QoS 3');
    if ((flags & (dupBit | qosBits)) === dupBit) throw new ProtocolViolation('a PUBLISH of QoS 0 that was sent again');
    return;
  }
  const { [type]: form } = forms;
  if (form === undefined) throw new ProtocolViolation(`a packet of type ${type} from a client`);
  if (flags !== form.flags) throw new ProtocolViolation(`a packet of type ${type} with flags ${flags}`);
  if (form.remaining !== undefined && remaining !== form.remaining) {
    throw new ProtocolViolation(`a packet of type ${type} with ${remaining} bytes in it`);
  }
};

type Form = { readonly flags: number; readonly remaining?: number };

/** Of everything else that clients send [MQTT-2.2.2-1]. */
const forms: Readonly<Record<number, Form>> = {
  [packetType.connect]: { flags: 0 },
  [packetType.puback]: { flags: 0, remaining: 2 },
  [packetType.pubrec]: { flags: 0, remaining: 2 },
  [packetType.pubrel]: { flags: 2, remaining: 2 },
  [packetType.pubcomp]: { flags: 0, remaining: 2 },
  [packetType.subscribe]: { flags: 2 },
  [packetType.unsubscribe]: { flags: 2 },
  [packetType.pingreq]: { flags: 0, remaining: 0 },
  [packetType.disconnect]: { flags: 0, remaining: 0 },
};
