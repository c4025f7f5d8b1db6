/** MQTT 3.1.1 packets as bytes, right ones and wrong ones alike: whatever is said is written. */

export type Text = string | readonly number[];

export const field = (text: Text): Buffer => {
  const bytes = Buffer.from(text as string); // Takes either, and has an overload for each.
  return Buffer.concat([number(bytes.length), bytes]);
};

export const number = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

/** Any packet: its first byte, its remaining length, and what is in it. */
export const packet = (first: number, ...body: readonly (Uint8Array | number)[]): Buffer => {
  const content = Buffer.concat(body.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
  return Buffer.concat([Buffer.from([first, ...variable(content.length)]), content]);
};

/** A variable byte integer. */
export const variable = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) | 0x80, ...variable(Math.floor(value / 128))];

export type Connect = {
  readonly protocol?: Text;
  readonly level?: number;
  /** Instead of those that follow from what else is said. */
  readonly flags?: number;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly will?: { readonly topic: Text; readonly message?: Text; readonly qos?: number; readonly retain?: boolean };
  readonly userName?: Text;
  readonly password?: Text;
  /** Behind everything else. */
  readonly rest?: readonly number[];
};

export const connect = (clientId: Text, asked: Connect = {}): Buffer => {
  const { protocol = 'MQTT', level = 4, keepalive = 60, will, userName, password, rest = [] } = asked;
  return packet(
    0x10,
    ...[field(protocol), level, asked.flags ?? connectFlags(asked), number(keepalive), field(clientId)],
    ...(will === undefined ? [] : [field(will.topic), field(will.message ?? '')]),
    ...[userName, password].flatMap((text) => (text === undefined ? [] : [field(text)])),
    Buffer.from(rest),
  );
};

export const connectFlags = ({ clean = true, will, userName, password }: Connect): number =>
  (clean ? 0x02 : 0) |
  (will === undefined ? 0 : 0x04 | ((will.qos ?? 0) << 3) | (will.retain === true ? 0x20 : 0)) |
  (userName === undefined ? 0 : 0x80) |
  (password === undefined ? 0 : 0x40);

export type Publish = {
  readonly qos?: number;
  readonly id?: number;
  readonly dup?: boolean;
  readonly retain?: boolean;
};

export const publish = (topic: Text, message: Text, asked: Publish = {}): Buffer => {
  const { qos = 1, id = 1, dup = false, retain = false } = asked;
  const first = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  return packet(first, field(topic), qos === 0 ? Buffer.alloc(0) : number(id), Buffer.from(message as string));
};

export const subscribe = (...filters: readonly (readonly [Text, number])[]): Buffer => subscribeAs(1, ...filters);

export const subscribeAs = (id: number, ...filters: readonly (readonly [Text, number])[]): Buffer =>
  packet(0x82, number(id), ...filters.flatMap(([filter, qos]) => [field(filter), qos]));

export const unsubscribe = (...filters: readonly Text[]): Buffer => packet(0xa2, number(2), ...filters.map(field));

export const puback = 0x40;
export const pubrec = 0x50;
export const pubrel = 0x62;
export const pubcomp = 0x70;

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export const answer = (type: number, id: number): Buffer => packet(type, number(id));

export const pingreq = packet(0xc0);
export const disconnect = packet(0xe0);
