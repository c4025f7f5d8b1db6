import { defineTopic } from '@plenum/event';

export const documentTopic = defineTopic({
  name: 'plenum.document.decisions',
  about: 'Exports: asked for, made, failed, expired.',
  keyedBy: 'stream',
  holds: 'decisions',
});
