/**
 * Compressed answers to clients that ask for them. Only what is read: an answer to a request that changes something may hold
 * a secret, and how well a secret is compressed beside what somebody else sent reveals what it is (BREACH).
 */
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance, onSendHookHandler, RouteOptions } from 'fastify';
import { addVary } from './vary.ts';

/** The quick levels: of a page, the slow ones save a tenth more and take twice as long (see `docs/performance.md`). */
const options = {
  // Of equally good ones, the first: zstd is the quickest and the smallest here.
  encodings: ['zstd', 'br', 'gzip'] as ('zstd' | 'br' | 'gzip')[],
  zlibOptions: { level: 1, params: { [constants.ZSTD_c_compressionLevel]: 1 } },
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } },
  /** Bytes; less gains nothing. */
  threshold: 1_024,
  /** Up to here it takes less than a millisecond, and a stream would take longer to set up. */
  syncThreshold: 262_144,
  /** A body that was sent compressed is refused: a small one may become a large one. */
  globalDecompression: false,
};

/** For all routes that are added from now on. */
export const compressAnswers = async (app: FastifyInstance): Promise<void> => {
  app.addHook('onRoute', (route) => {
    if (!isRead(route)) route.compress = false;
  });
  await app.register(compress, options);
  // After the hook of the plugin, which has added itself to what the route does before it sends.
  app.addHook('onRoute', (route) => {
    if (isRead(route)) route.onSend = [route.onSend ?? [], tagWithCoding].flat();
  });
};

const isRead = ({ method }: Pick<RouteOptions, 'method'>): boolean =>
  [method].flat().every((one) => one === 'GET' || one === 'HEAD');

/** RFC 9110, 8.8.3.3: other bytes are another representation, and have another strong tag. */
const tagWithCoding: onSendHookHandler = (_request, reply, _payload, done) => {
  addVary(reply, 'accept-encoding');
  const [coding, tag] = [reply.getHeader('content-encoding'), reply.getHeader('etag')];
  if (typeof coding === 'string' && typeof tag === 'string' && coding !== 'identity') {
    reply.header('etag', tag.replace(/"$/, `-${coding}"`));
  }
  done();
};
