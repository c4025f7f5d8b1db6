/** The beginning of a connection: CONNECT, CONNACK, and SUBSCRIBE, SUBACK unless the session has them; and the few packets that come later. */
import mqttPacket, { type IConnackPacket, type ISubackPacket, type Packet } from 'mqtt-packet';
import type { ConnectorLimits } from './connector-limits.ts';
import type { Ending } from './ending.ts';

export type HandshakeParts = {
  readonly protocol: 4 | 5;
  readonly clientId: string;
  readonly credentials: Credentials | undefined;
  readonly filters: readonly string[];
  readonly limits: ConnectorLimits;
  /**
   * Whether the session is ours without a break since the broker granted the filters. Then a session that is still
   * there has them, and asking again would make an MQTT 3.1.1 broker send every retained message once more.
   */
  readonly subscribed?: boolean;
};

export type Credentials = { readonly username: string; readonly password: string | undefined };

export type HandshakeSteps = {
  readonly send: (packet: Packet) => void;
  readonly end: (how: Ending['how'], reason: string) => void;
  /** The broker wants to hear from us this often. */
  readonly keepalive: (keepaliveMs: number) => void;
  /** We are let in, into this session. What waits in it may come from now on, also before `opened`. */
  readonly accepted: (session: { readonly present: boolean }) => void;
  /** The broker has read everything up to our oldest PINGREQ without an answer. */
  readonly ponged: () => void;
  readonly opened: (opened: { readonly sessionPresent: boolean }) => void;
  /** QoS 2: the broker has our PUBREC, and waits for PUBCOMP. */
  readonly released: (packetId: number) => void;
};

export type Handshake = {
  begin(): void;
  /** Whether the broker has let us in. */
  accepted(): boolean;
  /** A packet that is no PUBLISH, whole. */
  packet(packet: Buffer): void;
};

export const handshake = (parts: HandshakeParts, steps: HandshakeSteps): Handshake => {
  const { protocol, filters, subscribed = false } = parts;
  let accepted = false;
  let sessionPresent = false;

  const connack = (packet: IConnackPacket): void => {
    const code = packet.reasonCode ?? packet.returnCode ?? 0;
    if (code !== 0) {
      steps.end('refused', `CONNACK ${hex(code)} ${packet.properties?.reasonString ?? ''}`.trim());
      return;
    }
    accepted = true;
    sessionPresent = packet.sessionPresent;
    steps.accepted({ present: sessionPresent });
    const seconds = packet.properties?.serverKeepAlive;
    if (seconds !== undefined && seconds > 0) steps.keepalive(seconds * 1000);
    if (sessionPresent && subscribed) steps.opened({ sessionPresent });
    else steps.send(subscribePacket(filters));
  };
  const suback = ({ granted }: ISubackPacket): void => {
    const codes = granted.map(Number);
    const refused = filters.filter((_, index) => codes[index] !== 1);
    if (refused.length === 0) steps.opened({ sessionPresent });
    else steps.end('refused', `SUBACK ${codes.map(hex).join(' ')}: no QoS 1 for ${refused.join(', ')}`);
  };

  const parser = mqttPacket.parser({ protocolVersion: protocol });
  parser.on('error', (error: unknown) => steps.end('lost', `the broker sent nonsense: ${String(error)}`));
  parser.on('packet', (packet) => {
    if (packet.cmd === 'connack' && !accepted) connack(packet);
    else if (!accepted) steps.end('lost', `the broker began with ${packet.cmd}`);
    else if (packet.cmd === 'suback') suback(packet);
    else if (packet.cmd === 'pingresp') steps.ponged();
    else if (packet.cmd === 'pubrel') steps.released(packet.messageId ?? 0);
    else if (packet.cmd === 'disconnect') steps.end('lost', `DISCONNECT ${hex(packet.reasonCode ?? 0)}`);
  });

  return {
    begin: () => steps.send(connectPacket(parts)),
    accepted: () => accepted,
    packet: (packet) => {
      // A broker without MQTT 5 says so in its own version's CONNACK, which this parser would not understand.
      if (!accepted && isOtherProtocol(packet)) steps.end('other-protocol', 'the broker does not speak this version');
      else parser.parse(packet);
    },
  };
};

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

/** CONNACK with "unacceptable protocol version" of MQTT 3.1.1, or "unsupported protocol version" of MQTT 5. */
export const isOtherProtocol = (packet: Uint8Array): boolean =>
  packet[0] === 0x20 && packet[2] === 0 && ((packet[1] === 2 && packet[3] === 1) || packet[3] === 0x84);

const connectPacket = ({ protocol, clientId, credentials, limits }: HandshakeParts): Packet => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: protocol,
  clientId,
  clean: false,
  keepalive: Math.max(1, Math.round(limits.keepaliveMs / 1000)),
  ...(credentials === undefined ? {} : { username: credentials.username }),
  ...(credentials?.password === undefined ? {} : { password: Buffer.from(credentials.password) }),
  // No Maximum Packet Size: a broker throws away what is larger, and says so to nobody (MQTT 5, 3.1.2.11.4).
  ...(protocol === 5
    ? { properties: { sessionExpiryInterval: limits.sessionExpirySeconds, receiveMaximum: limits.inFlightMax } }
    : {}),
});

/**
 * QoS 1, also for what is published with QoS 2: the broker has finished with its publisher by then, and once is made of
 * at least once by the events' identity. MQTT 5: retained messages come when a subscription is new, not every time.
 */
const subscribePacket = (filters: readonly string[]): Packet => ({
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: filters.map((topic) => ({ topic, qos: 1, nl: false, rap: false, rh: 1 })),
});
