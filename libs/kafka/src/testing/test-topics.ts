import { randomUUID } from 'node:crypto';
import { defineTopic, type Topic } from '@plenum/event';

/** A topic that nobody else uses. */
export const testTopic = (partitions = 4): Topic =>
  defineTopic({ name: `plenum.test.${randomUUID()}`, about: 'A test.', keyedBy: 'anything', partitions });
