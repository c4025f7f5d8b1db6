/** Answers that stay open. The server lets go of them: nothing compresses, buffers or measures what is sent. */
import type { LiveAnswer, LiveConnection } from '@plenum/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long somebody who reads nothing is given to take the last bytes. */
const lastWordsMs = 2_000;

export const sendLive = (request: FastifyRequest, reply: FastifyReply, answer: LiveAnswer): FastifyReply => {
  reply.headers(answer.headers);
  if (request.method === 'HEAD') return reply.send();
  // It ends with its connection, so a process that closes waits for nobody to let go of one.
  reply.header('connection', 'close');
  reply.hijack();
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>); // All of ours are texts.
  reply.raw.flushHeaders();
  request.raw.socket.setNoDelay?.(true);
  answer.begin(connectionOf(reply));
  return reply;
};

const connectionOf = ({ raw }: FastifyReply): LiveConnection => {
  const closing = new AbortController();
  let ended = false;
  raw.once('close', () => closing.abort());
  raw.on('error', () => closing.abort());
  return {
    write: (bytes) => {
      if (!ended) raw.write(bytes);
    },
    waiting: () => raw.writableLength,
    drained: () =>
      new Promise((resolve) => {
        const done = (): void => {
          raw.off('drain', done);
          closing.signal.removeEventListener('abort', done);
          resolve();
        };
        if (!raw.writableNeedDrain || closing.signal.aborted) return resolve();
        raw.once('drain', done);
        closing.signal.addEventListener('abort', done);
      }),
    end: (last) => {
      if (ended) return;
      ended = true;
      raw.end(last);
      const unread = setTimeout(() => raw.destroy(), lastWordsMs);
      raw.once('close', () => clearTimeout(unread));
    },
    closed: closing.signal,
  };
};
