/**
 * `Idempotency-Key`: a request that changes something may be asked again with the same key, and then it happens once. The
 * same key with another request is refused, and so is the same while the first is not answered yet. Every route that
 * changes something takes it, unless it says why not.
 */
import { randomUUID } from 'node:crypto';
import type { RequestAsked, RequestBegun, Requests } from '@plenum/authentication';
import type { KeyedRequest } from '@plenum/event';
import { Problem } from '@plenum/http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { canonicalJson } from './canonical-json.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Why a route that changes something takes no `Idempotency-Key`. All others do. */
    unkeyed?: string;
  }
  interface FastifyRequest {
    /** What came with a key. */
    keyed: KeyedRequest | undefined;
  }
}

const changing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Whether a route takes keys. */
export const takesKeys = ({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean =>
  config?.unkeyed === undefined && [method].flat().some((one) => changing.has(one));

/** For all routes that are added from now on. A request without a key passes without waiting for anything. */
export const takeKeys = (app: FastifyInstance, requests: () => Requests): void => {
  app.decorateRequest('keyed', undefined);
  app.addHook('onRoute', (route) => {
    if (!takesKeys(route)) return;
    const { handler } = route;
    route.handler = function keyed(request, reply) {
      const answer = () => handler.call(this, request, reply);
      const asked = askedWith(request);
      return asked === undefined ? answer() : once(requests(), asked, { request, reply, answer });
    };
  });
};

type Answering = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly answer: () => unknown;
};

const once = async (
  requests: Requests,
  asked: RequestAsked,
  { request, reply, answer }: Answering,
): Promise<unknown> => {
  const begun = await requests.begin(asked);
  if (begun.outcome !== 'begun') throw refusedKey(begun);
  request.keyed = begun.request;
  let carriedOut = false;
  try {
    const answered = await answer();
    carriedOut = reply.statusCode < 400;
    return answered;
  } finally {
    // Before anybody is answered: a client that then asks again must not hear that it is still under way.
    await begun.end(carriedOut);
  }
};

const refusedKey = ({ outcome }: Exclude<RequestBegun, { readonly outcome: 'begun' }>): Problem =>
  outcome === 'key-used'
    ? new Problem('key-used', 'This Idempotency-Key was used for another method, address or body.')
    : new Problem('in-flight', 'A request with this Idempotency-Key is being carried out.', {
        headers: { 'retry-after': '1' },
      });

/** `undefined` without a key, and where nobody was asked who they are. @throws Problem */
const askedWith = (request: FastifyRequest): RequestAsked | undefined => {
  const { identity: actor, method, url, body } = request;
  const key = keyOf(request);
  if (key === undefined || actor === undefined) return undefined;
  const text = canonicalJson([method, url, body ?? null]);
  if (text === undefined) throw new Problem('validation', 'body: it is nested too deeply.');
  return { actor, key, text, holdsSecret: holdsSecret(body) };
};

const holdsSecret = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Object.keys(body).some((name) => /password|secret|token/i.test(name));

/** @throws Problem */
const keyOf = ({ headers }: FastifyRequest): string | undefined => {
  const given = headers['idempotency-key'];
  if (given === undefined || (typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given))) return given;
  throw new Problem('validation', 'headers: Idempotency-Key is 1 to 200 printed characters without spaces.');
};

/** The same when the same thing is asked again with a key. @throws Problem */
export const commandIdOf = (request: FastifyRequest): string => keyOf(request) ?? randomUUID();
