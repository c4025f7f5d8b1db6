/** 405 with `Allow`, instead of a 404 that says nothing is there, for methods that an address does not take. */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem, problems, sendProblem } from './problem.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Collects what is registered from now on; the function returned adds a refusal for everything else. */
export const watchMethods = (app: FastifyInstance): (() => void) => {
  const taken = new Map<string, Set<HTTPMethods>>();
  let watching = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!watching) return;
    const known = taken.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    taken.set(url, known);
  });
  return () => {
    watching = false;
    for (const [url, known] of taken) refuseOthers(app, url, known);
  };
};

const refuseOthers = (app: FastifyInstance, url: string, known: ReadonlySet<HTTPMethods>): void => {
  const others = methods.filter((method) => !known.has(method) && !app.hasRoute({ method, url }));
  if (others.length === 0 || url.includes('*')) return;
  const allow = methods.filter((method) => known.has(method)).join(', ');
  app.route({
    method: others,
    url,
    config: { access: 'public' },
    schema: { hide: true, response: problems(405) },
    // Before the body is read: whatever is in it does not matter.
    onRequest: async (request, reply) => {
      const detail = `${request.method} is not taken here, only ${allow}.`;
      return sendProblem(reply, new Problem('method-not-allowed', detail, { headers: { allow } }));
    },
    handler: async () => undefined,
  });
};
