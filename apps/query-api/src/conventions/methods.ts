/**
 * What a method is answered with where no route takes it: 405 with `Allow` on an address that there is; elsewhere 404, or
 * 501 for a method that nothing here takes (RFC 9110, 15.5.6 and 15.6.2). `OPTIONS` says what an address takes.
 */
import { METHODS } from 'node:http';
import { Problem } from '@plenum/http';
import type { FastifyInstance } from 'fastify';
import router from 'find-my-way';

/** `Allow` of a path without its query; `undefined` when there is no such address. Total. */
export type AllowOf = (path: string) => string | undefined;

const taken = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Collects what is registered from now on, whatever the method. */
export const watchMethods = (app: FastifyInstance): AllowOf => {
  // Without this, what Fastify does not know by itself is answered without any hook.
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const methodsOf = new Map<string, Set<string>>();
  const addresses = router({ ignoreTrailingSlash: true, maxParamLength: 16_384, onBadUrl: () => undefined });
  app.addHook('onRoute', ({ url, method }) => {
    // What @fastify/cors adds is for every address, also for those that there are not.
    if (url === '*') return;
    const known = methodsOf.get(url) ?? new Set(['OPTIONS']);
    for (const one of [method].flat()) known.add(one);
    if (methodsOf.has(url)) return;
    methodsOf.set(url, known);
    addresses.on('GET', url, () => undefined, known);
  });
  return (path) => {
    const known: ReadonlySet<string> | undefined = addresses.find('GET', path)?.store;
    return known && taken.filter((method) => known.has(method)).join(', ');
  };
};

/** What there is to say to a request that no route takes. */
export const noRouteProblem = (method: string, allow: string | undefined): Problem => {
  if (allow !== undefined) {
    return new Problem('method-not-allowed', `${method} is not taken here, only ${allow}.`, { headers: { allow } });
  }
  return taken.includes(method)
    ? new Problem('not-found', 'No route has this address.')
    : new Problem('not-implemented', `Nothing here takes ${method}.`);
};

/** Before pages of other origins are answered: they get the same, and more. */
export const sayAllowed = (app: FastifyInstance, allowOf: AllowOf): void => {
  app.addHook('onRequest', (request, reply, done) => {
    const allow = request.method === 'OPTIONS' ? allowOf(pathOf(request.url)) : undefined;
    if (allow !== undefined) reply.header('allow', allow);
    done();
  });
};

/** After the guards, and before the body is read: whatever is in it does not matter. */
export const refuseOtherMethods = (app: FastifyInstance, allowOf: AllowOf): void => {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const allow = allowOf(pathOf(request.url));
    if (request.method === 'OPTIONS' && allow !== undefined) return void reply.code(204).send();
    done(noRouteProblem(request.method, allow));
  });
};

export const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;
