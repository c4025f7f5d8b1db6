/** What bridges that devices connect to retain of enrolled nodes, over a real database. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foundRetained, saysItself } from '../testing/registration-client.ts';
import {
  compared,
  outcomesOf,
  registrationSite,
  registrationsIn,
  type SiteBridge,
  until,
} from '../testing/registration-site.ts';

const options = { timeout: 60_000 };
const said = '{"location":{"x":1,"y":2,"z":3},"sensors":["humidity"],"firmware_version":"9.9.9"}';

describe('a registration at the listener', () => {
  it(
    'is there for who subscribes, is another one when the node changes, and gone when it is removed',
    options,
    async (t) => {
      const site = await registrationSite(t);
      const one = await site.bridge();
      await site.enrol('a');
      await until(() => outcomesOf(one).published === 1);
      const first = JSON.parse((await foundRetained(portOf(one), 'a')) ?? '{}');
      assert.deepEqual([first.node_id, first.firmware_version], ['a', '1.0.0']);
      await site.change('a', '2.0.0');
      await until(() => outcomesOf(one).published === 2);
      assert.equal(JSON.parse((await foundRetained(portOf(one), 'a')) ?? '{}').firmware_version, '2.0.0');
      await site.stand('a', 'remove');
      await until(() => outcomesOf(one).removed === 1);
      assert.equal(await foundRetained(portOf(one), 'a'), undefined);
      assert.deepEqual([await site.logged(), one.bridge.balance().received], [[], 0]);
    },
  );

  it('of a node from before is published at the start, and of none at the next', options, async (t) => {
    const site = await registrationSite(t);
    await site.enrol('a');
    await site.enrol('b');
    await site.issueKey('b');
    const first = await site.bridge();
    await until(() => outcomesOf(first).published === 2);
    await until(async () => (await site.remembered('b'))?.state === 'published');
    const before = [await foundRetained(portOf(first), 'a'), await foundRetained(portOf(first), 'b')];
    await first.stop();
    const second = await site.bridge();
    await compared(second);
    assert.deepEqual(outcomesOf(second), { published: 0, removed: 0, left: 0, refused: 0 });
    assert.deepEqual([await foundRetained(portOf(second), 'a'), await foundRetained(portOf(second), 'b')], before);
  });

  it('is no reason to say it again when only its keys are decided about', options, async (t) => {
    const site = await registrationSite(t);
    const one = await site.bridge();
    await site.enrol('a');
    await until(() => outcomesOf(one).published === 1);
    await saysItself(portOf(one), 'a', { payload: said });
    await site.issueKey('a');
    await site.enrol('b');
    await until(() => outcomesOf(one).published === 2);
    assert.equal(await foundRetained(portOf(one), 'a'), said);
    await site.stand('a', 'remove');
    await until(async () => (await site.remembered('a'))?.digest === null);
    assert.equal(await foundRetained(portOf(one), 'a'), said);
    assert.deepEqual([outcomesOf(one).removed, registrationsIn(await site.logged()).length], [0, 1]);
  });

  it(
    'is published by one of two, found at both, and published by the other when that one is gone',
    options,
    async (t) => {
      const site = await registrationSite(t);
      const first = await site.bridge();
      await compared(first);
      const second = await site.bridge();
      await site.enrol('a');
      await until(() => outcomesOf(first).published === 1);
      await until(async () => (await foundRetained(portOf(second), 'a')) !== undefined);
      assert.equal(second.bridge.registrations?.().keeps, false);
      await first.stop();
      await site.change('a', '2.0.0');
      await until(() => outcomesOf(second).published === 1);
      assert.equal(JSON.parse((await foundRetained(portOf(second), 'a')) ?? '{}').firmware_version, '2.0.0');
    },
  );
});

const portOf = ({ bridge }: SiteBridge): number => bridge.tcp?.port ?? assert.fail('it has no port');
