/** Whether pages of other origins may ask: none, unless they are listed. */
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { addingPublic } from './access.ts';

/** Ours; browsers hide from a page of another origin what is not listed. */
const exposed = [
  ...['ETag', 'Link', 'Location', 'Preference-Applied', 'Retry-After', 'WWW-Authenticate'],
  ...['Plenum-Age', 'Plenum-Position', 'Plenum-Truncated', 'X-API-Version', 'X-Request-Id', 'X-Request-Time'],
  ...['RateLimit', 'RateLimit-Policy', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
  ...['X-RateLimit-Limit-Minute', 'X-RateLimit-Remaining-Minute', 'X-RateLimit-Reset-Minute'],
];

const taken = [
  ...['Accept', 'Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'Prefer'],
  ...['X-API-Key', 'X-Request-ID'],
];

/**
 * Answers what browsers ask before they ask, without credentials. Cookies are never looked at, so pages
 * need no `credentials`, and no page can use what a browser keeps for another.
 */
export const allowOrigins = async (app: FastifyInstance, origins: readonly string[]): Promise<void> => {
  if (origins.length === 0) return;
  const options = {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    ...{ allowedHeaders: taken, exposedHeaders: exposed, maxAge: 600, strictPreflight: false },
  };
  await addingPublic(app, () => app.register(cors, options));
};
