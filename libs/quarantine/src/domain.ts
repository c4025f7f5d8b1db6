/** The quarantine as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn } from '@plenum/event';
import * as events from './events.ts';
import { quarantineProjection } from './quarantine-projection.ts';
import { countRoutes } from './routes/counts.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
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
  routes: (services: QuarantineServices) => [...quarantineRoutes(services), ...countRoutes(services)],
});
