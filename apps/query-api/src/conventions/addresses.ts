/** Which spellings of an address mean the same, and which mean nothing. */
import { Problem } from '@plenum/http';
import type { FastifyInstance } from 'fastify';
import { pathOf } from './methods.ts';

/** A request's address as routes see it: without a server's name before it, and without one slash at the end of its path. */
export const plainAddress = (url: string): string => {
  const path = url.startsWith('/') ? url : url.replace(absolute, '/');
  const query = path.indexOf('?');
  const end = query === -1 ? path.length : query;
  return end > 1 && path[end - 1] === '/' && path[end - 2] !== '/' ? path.slice(0, end - 1) + path.slice(end) : path;
};

/** RFC 9112, 3.2.2: a server has to take what is otherwise said to a proxy. */
const absolute = /^https?:\/\/[^/?#]*\/?/i;

/** Refuses what is no address, and what is not addressed to anybody. After the guards, so that it is counted. */
export const refuseBadAddresses = (app: FastifyInstance): void => {
  app.addHook('onRequest', (request, _reply, done) => {
    const { url, raw } = request;
    // Node would refuse it too, without a word and without our headers.
    if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
      done(new Problem('validation', 'headers: HTTP/1.1 asks for Host.'));
    } else if (url.includes('%') && !isEncoded(url)) {
      done(new Problem('validation', 'A per cent sign in an address has to be %25.'));
    } else if (url.includes('//') && pathOf(url).includes('//')) {
      // An empty piece of a path would be taken for an id.
      done(new Problem('not-found', 'No route has this address.'));
    } else {
      done();
    }
  });
};

const isEncoded = (url: string): boolean => {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
};
