/** The ceiling as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn } from '@plenum/event';
import * as events from './events.ts';
import { ceilingExports } from './exports.ts';
import { observe, observedTopics, subjectOf } from './observe.ts';
import { ceilingProjections, ceilingReads } from './read-models.ts';
import type { CeilingServices } from './services.ts';
import { ceilingStreams } from './streams.ts';
import { commandsSeenTopic, nodesTopic, readingsTopic, responsesTopic } from './topics.ts';

export const ceiling = defineDomain({
  name: 'ceiling',
  about: 'Nodes, sensors and readings.',
  events: eventsIn(events),
  topics: [readingsTopic, nodesTopic, responsesTopic, commandsSeenTopic],
  projections: ceilingProjections,
  exports: ceilingExports,
  streams: ceilingStreams,
  permissions: { 'read:sensors': 'Nodes, readings and their health.' },
  reads: ceilingReads,
  routes: async (services: CeilingServices) => (await import('./routes/routes.ts')).ceilingRoutes(services),
  translate: { filters: ['ceiling/#'], topics: observedTopics, translate: observe, subjectOf },
});
