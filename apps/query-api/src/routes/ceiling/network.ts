import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { NodeReads } from '@plenum/ceiling';
import { query } from '../../conventions/fields.ts';
import { problems } from '../../conventions/problem.ts';

export type NetworkRoutesParts = {
  readonly nodes: Pick<NodeReads, 'networkStatus'>;
  readonly silentSinceUs: () => number;
};

export const networkStatusSchema = Type.Object({
  total_nodes: Type.Integer(),
  online_nodes: Type.Integer({ description: 'Whose last reported status is online.' }),
  offline_nodes: Type.Integer({ description: 'All others, those in maintenance or error included.' }),
  network_health: Type.Number({ description: 'Online nodes in percent of all; 0 when there are none.' }),
  stale_nodes: Type.Integer({ description: 'Not heard of lately, whatever they last said.' }),
});

export const networkRoutes =
  ({ nodes, silentSinceUs }: NetworkRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/network/status',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['nodes', 'readings'] },
        schema: {
          tags: ['ceiling'],
          summary: 'How many nodes are online, offline and stale',
          querystring: query({}),
          response: { 200: networkStatusSchema, ...problems() },
        },
      },
      async () => nodes.networkStatus(silentSinceUs()),
    );
  };
