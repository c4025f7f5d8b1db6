/** A reaction of the sample domain: what was in a purse that is closed goes to another. */
import { defineReaction, isEvent } from '@plenum/event';
import { PurseClosed, purseCommand, pursesTopic } from './sample-purses.ts';

export const payOut = defineReaction({
  name: 'closed-purse-pays-out',
  about: 'For tests.',
  topics: [pursesTopic.name],
  react: (event) => {
    if (!isEvent(PurseClosed, event) || event.data.cents === 0) return [];
    const { to, cents } = event.data;
    return [purseCommand({ do: 'put', purse: to, cents })];
  },
});
