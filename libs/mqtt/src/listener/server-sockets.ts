/** The sockets that the listener accepts connections at: plain TCP, TLS and WebSocket. What comes out of each is a byte stream. */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { Logger } from '@plenum/runtime';
import { createWebSocketStream, type RawData, type WebSocket, WebSocketServer } from 'ws';
import { originAllowed } from './origin.ts';

/** `port` 0 takes a free one. */
export type Endpoint = { readonly host: string; readonly port: number };

/** PEM texts. With `ca`, clients must show a certificate that it signed. */
export type TlsEndpoint = Endpoint & { readonly cert: string; readonly key: string; readonly ca?: string };

export type WebSocketEndpoint = Endpoint & {
  /** Any path when it is left out. */
  readonly path?: string;
  /** Origins of pages that may connect, such as `https://plenum.example`; pages of this machine always may. */
  readonly origins?: readonly string[];
};

export type ServerSocket = {
  readonly host: string;
  /** The actual one. */
  readonly port: number;
  /** Accepts nothing more. Connections that are open stay open. */
  stop(): void;
  /** Settles when the last of them is closed. */
  readonly closed: Promise<void>;
};

export type WhenPortTaken = 'fail' | 'take-another';

export type ListenParts = {
  readonly whenPortTaken: WhenPortTaken;
  readonly accept: (socket: Duplex) => void;
  readonly connectionsMax: number;
  readonly logger: Logger;
};

export const listenTcp = ({ host, port }: Endpoint, parts: ListenParts): Promise<ServerSocket> =>
  listen(
    createTcpServer({ noDelay: true }, (socket) => parts.accept(socket)),
    { host, port },
    parts,
  );

export const listenTls = (endpoint: TlsEndpoint, parts: ListenParts): Promise<ServerSocket> => {
  const { cert, key, ca, host, port } = endpoint;
  const clients = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  const server = createTlsServer({ cert, key, ...clients, noDelay: true, handshakeTimeout: 10_000 }, (socket) =>
    parts.accept(socket),
  );
  server.on('tlsClientError', (error) => parts.logger.debug({ reason: error.message }, 'a TLS handshake failed'));
  return listen(server, { host, port }, parts);
};

export const listenWebSocket = (
  { path, origins = [], host, port }: WebSocketEndpoint,
  parts: ListenParts & { readonly messageBytesMax: number },
): Promise<ServerSocket> => {
  const sockets = new WebSocketServer({
    noServer: true,
    // One WebSocket message is buffered whole before anything of it can be scanned.
    maxPayload: parts.messageBytesMax,
    perMessageDeflate: false,
    handleProtocols: (offered) => ['mqtt', 'mqttv3.1'].find((name) => offered.has(name)) ?? false,
  });
  const server = createHttpServer((_request, response) => {
    response
      .writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' })
      .end('This port speaks MQTT over WebSocket.\n');
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request, path, origins);
    if (refusal !== undefined) {
      parts.logger.debug({ refusal, origin: request.headers.origin }, 'a WebSocket was refused');
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket, { writableHighWaterMark: 16 * 1024 });
      refuseTexts(webSocket);
      parts.accept(stream);
    });
  });
  return listen(server, { host, port }, parts);
};

/** MQTT is bytes: a text closes the connection [MQTT-6.0.0-1], and nothing of it is read. */
const refuseTexts = (webSocket: WebSocket): void => {
  const [read] = webSocket.listeners('message') as ((data: RawData, isBinary: boolean) => void)[];
  webSocket.removeAllListeners('message');
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) read?.call(webSocket, data, isBinary);
    else webSocket.close(unsupportedData);
  });
};

/** RFC 6455, 7.4.1. */
const unsupportedData = 1003;

const refusalOf = (
  request: IncomingMessage,
  path: string | undefined,
  origins: readonly string[],
): string | undefined => {
  if (!originAllowed(request.headers.origin, origins)) return '403 Forbidden';
  const asked = request.url?.split('?')[0];
  return path === undefined || asked === path ? undefined : '404 Not Found';
};

const listen = async (server: Server, { host, port }: Endpoint, parts: ListenParts): Promise<ServerSocket> => {
  server.maxConnections = parts.connectionsMax;
  server.on('connection', (socket: Socket) => {
    // Before anyone else listens: a peer that resets during a handshake must not end the process.
    socket.on('error', (error) => parts.logger.debug({ reason: error.message }, 'a socket failed'));
  });
  try {
    await bound(server, { host, port });
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken || parts.whenPortTaken !== 'take-another') throw error;
    await bound(server, { host, port: 0 });
  }
  server.on('error', (error) => parts.logger.error({ reason: error.message }, 'a listening socket failed'));
  const closed = Promise.withResolvers<void>();
  // It listens on TCP, so its address is not a path.
  const address = server.address() as AddressInfo;
  return {
    host: address.address,
    port: address.port,
    stop: () => {
      server.close(() => closed.resolve());
    },
    closed: closed.promise,
  };
};

const bound = async (server: Server, endpoint: Endpoint): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(endpoint, resolve);
  await promise;
  server.off('error', reject);
};
