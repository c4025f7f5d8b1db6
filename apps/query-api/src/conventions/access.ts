/** What a route says about itself besides its schemas. A test fails on a route that leaves it out. */

/** `public`: anybody. `reader`: whoever may read; until access control exists, everybody who reaches the API. */
export type Access = 'public' | 'reader';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Read-model sets that the answer is made from, or all there are. Their position and age go into its headers. */
    sets?: readonly string[] | 'all';
  }
}
