import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gentlePace } from './pace.ts';

const never = new AbortController().signal;

it('lets one batch of a build go at a time, with a rest after each, until it is live', async () => {
  const happened: string[] = [];
  let live = false;
  const pace = gentlePace(
    () => live,
    never,
    async () => void happened.push('rest'),
  );
  const work = (name: string) => async (): Promise<string> => {
    happened.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    happened.push(`${name} ends`);
    return name;
  };
  assert.deepEqual(await Promise.all([pace(work('a')), pace(work('b'))]), ['a', 'b']);
  assert.deepEqual(happened.splice(0), ['a begins', 'a ends', 'rest', 'b begins', 'b ends', 'rest']);
  live = true;
  await Promise.all([pace(work('a')), pace(work('b'))]);
  assert.deepEqual(happened, ['a begins', 'b begins', 'a ends', 'b ends']);
});

it('hands on what a batch fails with', async () => {
  const bug = new TypeError('not a function');
  const pace = gentlePace(
    () => false,
    never,
    async () => undefined,
  );
  await assert.rejects(
    pace(() => Promise.reject(bug)),
    (error) => error === bug,
  );
  assert.equal(await pace(async () => 1), 1);
});
