import { defineTopic } from '@plenum/event';

export const presenceTopic = defineTopic({
  name: 'plenum.device.presence',
  about: 'Which MQTT clients connected and disconnected, and which are still there, as bridges observed it.',
  keyedBy: 'client_id',
});
