import { defineTopic } from '@plenum/event';

export const readingsTopic = defineTopic({
  name: 'plenum.ceiling.readings',
  about: 'What sensors measured.',
  keyedBy: 'sensor_id',
});

export const nodesTopic = defineTopic({
  name: 'plenum.ceiling.nodes',
  about: 'Registrations and status of nodes.',
  keyedBy: 'node_id',
});

export const commandsTopic = defineTopic({
  name: 'plenum.ceiling.commands',
  about: 'Commands to nodes.',
  keyedBy: 'target: a node id, or all',
});
