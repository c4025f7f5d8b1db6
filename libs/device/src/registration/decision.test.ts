/** Who spoke last is heard, whatever came in between, and nothing is said twice; over a model of the broker and of the table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Published, type Retained, registrationDecision } from './decision.ts';

type World = {
  wanted: string | undefined;
  retained: { readonly by: 'nobody' | 'device' } | { readonly by: 'plenum'; readonly digest: string };
  published: Published | undefined;
  /** Who spoke last: a decision is Plenum's word. */
  last: 'plenum' | 'device';
  digests: number;
  published_count: number;
};

const steps = ['change', 'change back', 'remove', 'speak', 'fall silent', 'settle', 'settle and die'] as const;
type Step = (typeof steps)[number];

const newWorld = (): World => ({
  ...{ wanted: 'd0', retained: { by: 'nobody' }, published: undefined, last: 'plenum', digests: 0, published_count: 0 },
});

const seen = (retained: World['retained']): Retained => {
  if (retained.by === 'plenum') return { ours: retained.digest };
  return retained.by === 'nobody' ? 'nothing' : 'others';
};

const settle = (world: World, dies: boolean): void => {
  const situation = { wanted: world.wanted, published: world.published, hasSpokenSince: world.last === 'device' };
  const first = registrationDecision({ ...situation, retained: 'unread' });
  const decision = first.do === 'look' ? registrationDecision({ ...situation, retained: seen(world.retained) }) : first;
  if (decision.do === 'look') assert.fail('it has looked');
  if (decision.do === 'remove') world.published = { state: 'removing', digest: undefined };
  if (decision.do === 'remove') world.retained = { by: 'nobody' };
  if (decision.do === 'publish') {
    world.retained = { by: 'plenum', digest: world.wanted ?? assert.fail('nothing is wanted') };
    world.published_count += 1;
  }
  if (dies) return;
  const state = decision.do === 'remember' ? decision.state : decision.do === 'publish' ? 'published' : 'removed';
  world.published = { state, digest: world.wanted };
};

const take = (world: World, step: Step): void => {
  switch (step) {
    case 'change':
      world.digests += 1;
      world.wanted = `d${world.digests}`;
      world.last = 'plenum';
      break;
    case 'change back':
      world.wanted = 'd0';
      world.last = 'plenum';
      break;
    case 'remove':
      world.wanted = undefined;
      world.last = 'plenum';
      break;
    case 'speak':
      world.retained = { by: 'device' };
      world.last = 'device';
      break;
    case 'fall silent':
      // A device takes away what is retained; it says nothing new of itself.
      if (world.retained.by === 'device') world.retained = { by: 'nobody' };
      break;
    default:
      settle(world, step === 'settle and die');
  }
};

describe('what is done about a registration', () => {
  it('lets who spoke last be heard', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 12 }), (taken) => {
        const world = newWorld();
        for (const step of taken) take(world, step);
        const before = world.retained;
        const isDone = world.published?.digest === world.wanted;
        settle(world, false);
        if (world.wanted === undefined) {
          assert.notEqual(world.retained.by, 'plenum', 'what Plenum said of a node that is gone is gone');
          if (before.by !== 'plenum') assert.deepEqual(world.retained, before);
        } else if (before.by !== 'plenum' && (isDone || (before.by === 'device' && world.last === 'device'))) {
          assert.deepEqual(world.retained, before);
        } else assert.deepEqual(world.retained, { by: 'plenum', digest: world.wanted });
      }),
      { numRuns: 2_000 },
    );
  });

  it('is nothing when nothing was decided since, also by who begins later', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...steps), { maxLength: 12 }),
        fc.array(fc.constantFrom<Step>('speak', 'fall silent', 'settle')),
        (taken, then) => {
          const world = newWorld();
          for (const step of [...taken, 'settle' as const]) take(world, step);
          const { published_count } = world;
          for (const step of then) {
            const before = step === 'settle' ? world.retained : undefined;
            take(world, step);
            if (before !== undefined) assert.deepEqual(world.retained, before);
          }
          assert.equal(world.published_count, published_count);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('publishes what is new over what a node said before', () => {
    const world = newWorld();
    for (const step of ['settle', 'speak', 'change', 'settle'] as const) take(world, step);
    assert.deepEqual(world.retained, { by: 'plenum', digest: 'd1' });
  });

  it('publishes the same again after a death, and leaves alone a node that spoke since', () => {
    const world = newWorld();
    for (const step of ['settle and die', 'settle', 'settle'] as const) take(world, step);
    assert.deepEqual([world.published_count, world.retained], [2, { by: 'plenum', digest: 'd0' }]);
    for (const step of ['change', 'settle and die', 'speak', 'settle'] as const) take(world, step);
    assert.deepEqual([world.retained, world.published], [{ by: 'device' }, { state: 'left', digest: 'd1' }]);
  });

  it('says of an unfinished removal that it is done, and of what a node took away itself that it is not ours', () => {
    const of = (published: Published) =>
      registrationDecision({ wanted: undefined, published, retained: 'nothing', hasSpokenSince: false });
    assert.deepEqual(of({ state: 'removing', digest: undefined }), { do: 'remember', state: 'removed' });
    assert.deepEqual(of({ state: 'published', digest: 'd0' }), { do: 'remember', state: 'left' });
  });
});
