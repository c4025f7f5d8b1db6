/** Who may call a route: every one says it, and an API with a route that does not never starts. */
import type { Identity } from '@plenum/access';
import type { Access, Described } from '@plenum/http';
import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /**
     * Of a public route: it is counted apart from API requests, see `own-budgets.ts`. Documents are the same for all; probes
     * have to answer when nothing else does.
     */
    budget?: 'documents' | 'probes';
    /** Projections that the answer is made from, or all there are. Their position and age go into its headers. */
    projections?: readonly string[] | 'all';
  }
  interface FastifyRequest {
    /** Who asks, of a route that is not public. */
    identity: Identity | undefined;
    /** What the token says of them besides. */
    described: Described | undefined;
  }
}

/** Rejects the start of an API that has a route without `config.access`: it would be open to everybody, or to nobody. */
export const requireAccess = (app: FastifyInstance): void => {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // Not in the hook above: plugins name the access of their routes in hooks of their own, which come after it.
  app.addHook('onReady', (done) => {
    const silent = routes.filter(({ config }) => config?.access === undefined);
    const names = silent.map(({ method, url }) => `${[method].flat().join(', ')} ${url}`);
    done(names.length === 0 ? undefined : new Error(`No one says who may call ${names.join(' and ')} (config.access)`));
  });
};

/** All routes that are added while this runs are for everybody: those of plugins that cannot say it. */
export const addingPublic = async (
  app: FastifyInstance,
  add: () => PromiseLike<unknown>,
  more: Pick<FastifyContextConfig, 'budget'> = {},
): Promise<void> => {
  let adding = true;
  app.addHook('onRoute', (route) => {
    if (adding) route.config = { ...route.config, access: 'public', ...more };
  });
  await add();
  adding = false;
};
