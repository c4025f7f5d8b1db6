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

export const responsesTopic = defineTopic({
  name: 'plenum.ceiling.responses',
  about: 'What nodes say of the commands that they were sent.',
  keyedBy: 'node_id',
});

export const commandsSeenTopic = defineTopic({
  name: 'plenum.ceiling.commands-seen',
  about: 'Commands to nodes that somebody else published.',
  keyedBy: 'target: a node id, or all',
});
