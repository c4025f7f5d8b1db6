import { defineTopic } from '@plenum/event';

export const presenceTopic = defineTopic({
  name: 'plenum.device.presence',
  about:
    'Which MQTT clients connected and disconnected, which are still there, and which did not sign in, as bridges observed it.',
  keyedBy: 'client_id',
});

export const deviceDecisionsTopic = defineTopic({
  name: 'plenum.device.decisions',
  about: 'Which nodes are ours, what they sign in with, and what they are commanded to do.',
  keyedBy: 'node_id',
  holds: 'decisions',
});
