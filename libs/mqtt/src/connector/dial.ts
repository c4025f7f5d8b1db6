/** The way to a broker: a byte stream over TCP, TLS or WebSocket, by the scheme of its URL. */
import { connect as connectTcp, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';

/** PEM texts. `ca` are the authorities trusted instead of the system's; `cert` and `key` are ours to show. */
export type DialTls = { readonly ca?: string; readonly cert?: string; readonly key?: string };

const schemes = ['mqtt', 'mqtts', 'ws', 'wss'] as const;
type Scheme = (typeof schemes)[number];

export type BrokerUrl = {
  readonly scheme: Scheme;
  readonly host: string;
  readonly port: number;
  readonly href: string;
};

/**
 * @throws with a sentence that says what is wrong. Credentials have settings of their own, since a URL ends up in logs.
 */
export const brokerUrl = (text: string): BrokerUrl => {
  const url = URL.parse(text);
  if (url === null) throw new Error('is not a URL');
  const scheme = schemes.find((known) => url.protocol === `${known}:`);
  if (scheme === undefined) throw new Error(`begins with ${url.protocol}//; it has to be one of ${schemes.join(', ')}`);
  if (url.hostname === '') throw new Error('names no host');
  if (url.username !== '' || url.password !== '') throw new Error('holds credentials; they have their own settings');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { scheme, host, port: url.port === '' ? usualPorts[scheme] : Number(url.port), href: url.href };
};

const usualPorts: Readonly<Record<Scheme, number>> = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

/** Returns at once; what is written is sent as soon as there is a connection, and failures are `error` and `close`. */
export const dial = ({ scheme, host, port, href }: BrokerUrl, tls: DialTls): Duplex => {
  if (scheme === 'mqtt') return connectTcp({ host, port, noDelay: true, keepAlive: true });
  if (scheme === 'mqtts') {
    // A certificate is checked against the name that was asked for, and an address is not a name to ask for.
    const named = isIP(host) === 0 ? { servername: host } : {};
    return connectTls({ host, port, ...named, ...tls, ALPNProtocols: ['mqtt'] }).setNoDelay(true);
  }
  const socket = new WebSocket(href, ['mqtt'], {
    ...tls,
    perMessageDeflate: false,
    handshakeTimeout: handshakeMs,
    // The largest packet of MQTT: a smaller limit would close the connection, and the same message come again.
    maxPayload: 256 * 1024 * 1024 + 5,
  });
  return createWebSocketStream(socket);
};

const handshakeMs = 10_000;
