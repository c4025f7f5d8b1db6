/** MQTT packets as bytes, made once and sent as they are: what a load generator has no time to make again. */

/** The protocol level: 4 is MQTT 3.1.1. */
export type Level = 4 | 5;

/** What a client signs in with. */
export type SignIn = { readonly userName: string; readonly password: string };

type Connecting = { readonly level?: Level; readonly clean?: boolean; readonly signIn?: SignIn | undefined };

/** A CONNECT with no keepalive, of MQTT 3.1.1, with a clean session and of nobody in particular unless said otherwise. */
export const connectPacket = (clientId: string, { level = 4, clean = true, signIn }: Connecting = {}): Buffer => {
  const flags = (clean ? 0x02 : 0) | (signIn === undefined ? 0 : 0xc0);
  const variable = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, level, flags, 0, 0]); // MQTT.
  const named = signIn === undefined ? [] : [text(signIn.userName), text(signIn.password)];
  return packet(0x10, [variable, noProperties(level), text(clientId), ...named]);
};

/** The answer to a PUBLISH of QoS 1. */
export const pubackPacket = (packetId: number): Buffer => packet(0x40, [twoBytes(packetId)]);

/** A PUBLISH of QoS 1. */
export const publishPacket = (topic: string, packetId: number, payload: Uint8Array, level: Level = 4): Buffer =>
  packet(0x32, [text(topic), twoBytes(packetId), noProperties(level), payload]);

/** A SUBSCRIBE of MQTT 3.1.1, for QoS 1. */
export const subscribePacket = (filter: string, packetId: number): Buffer =>
  packet(0x82, [twoBytes(packetId), text(filter), Buffer.from([1])]);

const twoBytes = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

/** Their length, which MQTT 5 has where there are none. */
const noProperties = (level: Level): Buffer => Buffer.alloc(level === 5 ? 1 : 0);

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

const packet = (first: number, parts: readonly Uint8Array[]): Buffer => {
  let rest = parts.reduce((sum, { length }) => sum + length, 0);
  const header = [first];
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), ...parts]);
};

export type PubackReader = {
  /** Takes bytes as they come, and says how many acknowledgements they completed. */
  read(bytes: Uint8Array, length: number): number;
};

/**
 * Counts acknowledgements by their bytes. MQTT wants them in the order of the messages, so each is compared with the one
 * that is due: a broker that answers anything else is not measured.
 * @throws on anything but the PUBACK that is due.
 */
export const pubackReader = (nextPacketId: () => number): PubackReader => {
  let at = 0;
  let high = 0;
  return {
    read: (bytes, length) => {
      let complete = 0;
      for (let index = 0; index < length; index += 1) {
        const byte = bytes[index] as number; // Below the length.
        if (at === 0 && byte !== 0x40) throw new Error(`a packet that begins with ${byte} where a PUBACK is due`);
        if (at === 1 && byte !== 2) throw new Error(`a PUBACK of ${byte} bytes`);
        if (at === 2) high = byte;
        if (at === 3) {
          const due = nextPacketId();
          if (high * 256 + byte !== due) throw new Error(`PUBACK of ${high * 256 + byte} where ${due} is due`);
          complete += 1;
        }
        at = (at + 1) % 4;
      }
      return complete;
    },
  };
};
