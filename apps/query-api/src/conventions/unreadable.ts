/** Answers to what reaches no route and no hook: bytes that are not HTTP, or more of it than we take, and methods that Node does not know. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem, problemBody, problemMediaType, statusOf } from '@plenum/http';
import type { FastifyInstance } from 'fastify';
import { plainAddress } from './addresses.ts';
import { type CommonHeaders, requestIdOf } from './headers.ts';
import { type AllowOf, noRouteProblem, pathOf } from './methods.ts';

type ClientError = Error & { readonly code?: string; readonly rawPacket?: unknown };

export const answerUnreadable =
  (headersOf: CommonHeaders, allowOf: AllowOf) =>
  (error: ClientError, socket: Socket): void => {
    // The client has gone, or an answer is under way already: there is nobody to answer, or nothing to add.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    writeProblem(socket, problemOfClient(error, allowOf), headersOf(randomUUID()));
  };

/** As Node looks itself before it answers such an error; it has no name in public. */
const isAnswering = (socket: Socket & { readonly _httpMessage?: ServerResponse | null }): boolean =>
  socket._httpMessage?.headersSent ?? false;

/** `CONNECT`, which Node gives to nobody else, and expectations that are not ours. */
export const answerUnrouted = (app: FastifyInstance, headersOf: CommonHeaders, allowOf: AllowOf): void => {
  app.server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    const { url = '' } = request;
    writeProblem(socket, noRouteProblem('CONNECT', allowOf(pathOf(url))), headersOf(requestIdOf(request)));
  });
  // RFC 9110, 10.1.1: what is not understood may be ignored; Node would answer without our headers.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
};

const byCode: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem('headers-too-large', 'The address and the headers are more than 16 KiB.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Problem('too-large', 'The extensions of the chunks are over the limit.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request-timeout', 'The request did not arrive within 30 seconds.'),
};

const problemOfClient = ({ code = '', rawPacket }: ClientError, allowOf: AllowOf): Problem => {
  const known = byCode[code];
  if (known !== undefined) return known;
  const said = code === 'HPE_INVALID_METHOD' && rawPacket instanceof Uint8Array ? rawPacket : new Uint8Array();
  const line = requestLine.exec(Buffer.from(said).toString('latin1'));
  if (line === null) return new Problem('validation', 'This is not an HTTP request.');
  const [, method = '', url = ''] = line;
  return noRouteProblem(method, allowOf(pathOf(plainAddress(url))));
};

/** RFC 9110, 5.6.2: a method is a token, and Node takes only those that are registered. */
const requestLine = /^(?:\r?\n)*([!#$%&'*+.^_`|~\w-]{1,100}) (\S{1,16384}) HTTP\/1\.[01]\r?\n/;

const writeProblem = (socket: Duplex, problem: Problem, always: Readonly<Record<string, string>>): void => {
  const body = problemBody(problem, always['x-request-id'] ?? '');
  const headers = {
    ...always,
    ...problem.more.headers,
    'content-type': problemMediaType,
    'content-length': String(Buffer.byteLength(body)),
    date: new Date().toUTCString(),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = statusOf(problem);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
};
