import { defineRoute, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { type CeilingServices, silentSinceUs } from '../services.ts';

export const networkStatusSchema = Type.Object(
  {
    total_nodes: Type.Integer(),
    online_nodes: Type.Integer({ description: 'Whose last reported status is online.' }),
    offline_nodes: Type.Integer({ description: 'All others, those in maintenance or error included.' }),
    network_health: Type.Number({ description: 'Online nodes in percent of all; 0 when there are none.' }),
    stale_nodes: Type.Integer({ description: 'Not heard of lately, whatever they last said.' }),
  },
  { title: 'NetworkStatus' },
);

export const networkRoutes = (services: CeilingServices): readonly Route[] => [
  defineRoute({
    operationId: 'getNetworkStatus',
    method: 'GET',
    path: '/network/status',
    access: { permission: 'read:sensors' },
    projections: ['nodes', 'readings'],
    tags: ['ceiling'],
    summary: 'How many nodes are online, offline and stale',
    querystring: query({}),
    answers: { 200: networkStatusSchema, ...problems() },
    handle: () => services.reads.nodes.networkStatus(silentSinceUs(services)),
  }),
];
