import assert from 'node:assert/strict';
import { it } from 'node:test';
import { turns } from './turns.ts';

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

it('lets so many go on at a time, and the others in the order they asked', async () => {
  const shared = turns(2, 60_000);
  const [first, second] = [await shared.next(), await shared.next()];
  const [third, fourth] = [shared.next(), shared.next()];
  assert.equal(await settled(third), false);
  first();
  first(); // Once more changes nothing.
  const thirdDone = await third;
  assert.equal(await settled(fourth), false);
  thirdDone();
  second();
  (await fourth)();
  (await shared.next())();
});

it('lets nobody wait longer than told behind somebody who is stuck', async () => {
  const shared = turns(1, 10);
  const stuck = await shared.next();
  const second = await shared.next();
  const third = shared.next();
  second(); // The stuck one still has his turn, so this one is not passed on.
  assert.equal(await settled(third), false);
  (await third)();
  stuck();
  (await shared.next())();
});
