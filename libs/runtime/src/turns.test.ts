import assert from 'node:assert/strict';
import { it } from 'node:test';
import { turns, turnsOfEach } from './turns.ts';

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

it('lets so many go on at a time, and the others in the order they asked', async () => {
  const shared = turns({ atATime: 2 });
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

it('refuses callers that would wait behind too many, and does not begin the work', async () => {
  const shared = turns({ atATime: 1, waiting: { max: 1, refusal: () => new Error('too many') } });
  const held = Promise.withResolvers<void>();
  const begun: string[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return held.promise;
  };
  const [first, second] = [shared.run(work('first')), shared.run(work('second'))];
  await assert.rejects(shared.run(work('third')), /too many/);
  assert.deepEqual(begun, ['first']);
  held.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(begun, ['first', 'second']);
  assert.ok(shared.isIdle());
});

it('gives back the turn of work that fails', async () => {
  const shared = turns({ atATime: 1 });
  await assert.rejects(
    shared.run(async () => assert.fail('it fails')),
    /it fails/,
  );
  assert.ok(shared.isIdle());
});

it('gives a few turns to each, and the next when one is given back', () => {
  const { take } = turnsOfEach(2);
  const [first, second, third, other] = [take('a'), take('a'), take('a'), take('b')];
  assert.deepEqual(
    [first, second, third, other].map((turn) => turn !== undefined),
    [true, true, false, true],
  );
  first?.();
  assert.deepEqual(
    [take('a'), take('a')].map((turn) => turn !== undefined),
    [true, false],
  );
});
