/** Answers to bytes that are not HTTP, or more of it than we take: they reach no route and no hook. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { CommonHeaders } from './headers.ts';
import { Problem, problemBody, problemMediaType, statusOf } from './problem.ts';

type ClientError = Error & { readonly code?: string };

export const answerUnreadable =
  (headersOf: CommonHeaders) =>
  (error: ClientError, socket: Socket): void => {
    // The client has gone, or an answer is under way already: there is nobody to tell, or nothing to be told.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    const problem =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? new Problem('headers-too-large', 'The address and the headers are more than 16 KiB.')
        : new Problem('validation', 'This is not an HTTP request.');
    const requestId = randomUUID();
    const body = problemBody(problem, requestId);
    const headers = {
      ...headersOf(requestId),
      'content-type': problemMediaType,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const status = statusOf(problem);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
  };
