/** The ceiling as a module. */
import { defineDomain } from '@plenum/domain';
import { CommandSeen } from './events/command-seen.ts';
import { NodeRegistered } from './events/node-registered.ts';
import { NodeStatusReported } from './events/node-status-reported.ts';
import { ReadingReported } from './events/reading-reported.ts';
import { nodesProjection } from './nodes/nodes-projection.ts';
import { observe, subjectOf } from './observe.ts';
import { readingsProjection } from './readings/readings-projection.ts';
import { intervalRoutes } from './routes/intervals.ts';
import { networkRoutes } from './routes/network.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { readingRoutes } from './routes/readings.ts';
import { replacedRoutes } from './routes/replaced-reads.ts';
import { type CeilingServices, ceilingReads } from './services.ts';
import { commandsSeenTopic, nodesTopic, readingsTopic } from './topics.ts';

export const ceiling = defineDomain({
  name: 'ceiling',
  about: 'Nodes, sensors and readings.',
  events: [ReadingReported, NodeRegistered, NodeStatusReported, CommandSeen],
  topics: [readingsTopic, nodesTopic, commandsSeenTopic],
  projections: [readingsProjection, nodesProjection],
  permissions: { 'read:sensors': 'Nodes, readings and their health.' },
  reads: ceilingReads,
  routes: (services: CeilingServices) =>
    [nodeRoutes, readingRoutes, intervalRoutes, networkRoutes, replacedRoutes].flatMap((routes) => routes(services)),
  translate: { filters: ['ceiling/#'], translate: observe, subjectOf },
});
