/** Devices as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn, reservingStreams } from '@plenum/event';
import * as commandEvents from './commands/command-events.ts';
import { commandsProjection } from './commands/commands-projection.ts';
import { groupCancel } from './commands/group-cancel.ts';
import { groupChildren } from './commands/group-children.ts';
import { nodeAnswers } from './commands/node-answers.ts';
import { deviceTables } from './inline.ts';
import { enrolledNodesProjection } from './nodes/enrolled-nodes-projection.ts';
import * as nodeEvents from './nodes/node-events.ts';
import { nodeRules } from './nodes/node-rules.ts';
import { presenceProjection } from './presence/device-presence.ts';
import * as presenceEvents from './presence/presence-events.ts';
import * as refusalEvents from './refusals/refusal-events.ts';
import { refusedClientsProjection } from './refusals/refused-clients.ts';
import { type DeviceServices, readsOf } from './services.ts';
import { deviceStreams } from './streams.ts';
import { deviceDecisionsTopic, presenceTopic } from './topics.ts';

export const device = defineDomain({
  name: 'device',
  about: 'Nodes: which are ours, what they sign in with, which are connected, and what they are commanded.',
  events: eventsIn(presenceEvents, refusalEvents, nodeEvents, commandEvents),
  topics: [presenceTopic, deviceDecisionsTopic],
  projections: [presenceProjection, refusedClientsProjection, enrolledNodesProjection, commandsProjection],
  inline: [deviceTables],
  reserving: [reservingStreams('node', nodeRules)],
  reactions: [groupChildren, groupCancel, nodeAnswers],
  streams: deviceStreams,
  permissions: {
    'read:devices': 'Which MQTT clients are connected, since when, and where, and which did not sign in.',
    'read:commands': 'Commands to nodes, and what became of each.',
  },
  reads: readsOf,
  routes: async (services: DeviceServices) => (await import('./routes/routes.ts')).allRoutes(services),
});
