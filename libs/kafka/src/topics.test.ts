import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { namesAt } from './topics.ts';

const nothing = null as unknown as { readonly topics: string[] };

it('waits for a cluster of which no broker says which topics there are', async () => {
  // What kafkajs does with the answer of nobody.
  const takenApart = async (): Promise<string[]> => nothing.topics;
  await assert.rejects(namesAt({ listTopics: takenApart }), TransientFailure);
  const failing = async (): Promise<string[]> => {
    throw new RangeError('something else');
  };
  await assert.rejects(namesAt({ listTopics: failing }), RangeError);
  assert.deepEqual(await namesAt({ listTopics: async () => ['one'] }), ['one']);
});
