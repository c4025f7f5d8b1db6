/** The quarantine as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn } from '@plenum/event';
import * as events from './events.ts';
import { quarantineProjection } from './quarantine-projection.ts';
import { type QuarantineServices, readsOf } from './services.ts';
import { quarantineTopic } from './topics.ts';

export const quarantine = defineDomain({
  name: 'quarantine',
  about: 'Messages that could not be understood.',
  events: eventsIn(events),
  topics: [quarantineTopic],
  projections: [quarantineProjection],
  permissions: {
    'read:quarantine': 'Messages that were refused, on arrival or by a read model, with their bytes.',
  },
  reads: readsOf,
  routes: async (services: QuarantineServices) => (await import('./routes/routes.ts')).allRoutes(services),
});
