/**
 * What bodies are taken: JSON in UTF-8, and nothing where nothing was sent. Whether there is a body shows in its bytes,
 * never by headers that describe one: many clients send `Content-Type: application/json` with everything.
 */
import { Problem } from '@plenum/http';
import type { FastifyInstance, FastifyRequest, preValidationHookHandler } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** `Content-Type` as it was sent. */
    contentTypeSent: string | undefined;
  }
}

/**
 * One parser for everything, also for what names no type or none that exists. A route without a schema for its body
 * ignores the body, whatever it is, up to the limit of all bodies.
 */
export const takeBodies = (app: FastifyInstance): void => {
  app.decorateRequest('contentTypeSent', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    // Taken away, so that no type is refused before anybody knows whether there is a body.
    if (headers['content-type'] !== undefined) {
      request.contentTypeSent = headers['content-type'];
      delete headers['content-type'];
    }
    done();
  });
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (bytes.length === 0 || request.routeOptions.schema?.body === undefined) done(null, undefined);
    else void parseJson(request, jsonText(request, bytes), done);
  });
};

/** @throws Problem */
const jsonText = ({ contentTypeSent = '', headers }: FastifyRequest, bytes: Buffer): string => {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    throw unsupported('A compressed body is not taken.', { 'accept-encoding': 'identity' });
  }
  if (!isJson(contentTypeSent)) {
    const sent = contentTypeSent === '' ? 'The body has no Content-Type' : 'The body is of another type';
    throw unsupported(`${sent}; what is taken is application/json, in UTF-8.`, { accept: 'application/json' });
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem('validation', 'body: it is not UTF-8.');
  }
};

const unsupported = (detail: string, headers: Readonly<Record<string, string>>): Problem =>
  new Problem('unsupported-media-type', detail, { headers });

/** Refuses what would be changed in silence: a byte that is no character would become another one. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 8259 knows no `charset`, and no other than UTF-8; clients name that one all the same. */
const isJson = (mediaType: string): boolean => {
  const [type = '', ...parameters] = mediaType.toLowerCase().split(';');
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(one)?.[1]).find(Boolean);
  return type.trim() === 'application/json' && (charset === undefined || /^(utf-?8|us-ascii)$/.test(charset));
};

/** For a route all of whose fields may be left out, give it as `preValidation`: then all of them may. */
export const absentIsEmpty: preValidationHookHandler = (request, _reply, done) => {
  request.body ??= {};
  done();
};
