/** Devices as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn } from '@plenum/event';
import { presenceProjection } from './presence/device-presence.ts';
import * as presenceEvents from './presence/presence-events.ts';
import { type DeviceServices, readsOf } from './services.ts';
import { presenceTopic } from './topics.ts';

export const device = defineDomain({
  name: 'device',
  about: 'Devices as clients of the MQTT server.',
  events: eventsIn(presenceEvents),
  topics: [presenceTopic],
  projections: [presenceProjection],
  permissions: { 'read:devices': 'Which MQTT clients are connected, since when, and where.' },
  reads: readsOf,
  routes: async (services: DeviceServices) => (await import('./routes/routes.ts')).allRoutes(services),
});
