import { defineTopic } from '@plenum/event';

export const quarantineTopic = defineTopic({
  name: 'plenum.quarantine.messages',
  about: 'Messages that could not be understood, with their bytes and the reason.',
  keyedBy: 'client_id',
  partitions: 4,
});
