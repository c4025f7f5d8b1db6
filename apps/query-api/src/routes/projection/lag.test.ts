import assert from 'node:assert/strict';
import { it } from 'node:test';
import { caughtUp, fakeApp } from '../../testing/fake-app.ts';

it('says how far a build is that is to take the place of what queries see', async (t) => {
  const [one] = caughtUp;
  if (one === undefined) assert.fail();
  const { projection, topic } = one;
  const building = async () => [{ projection, version: 7, generation: 2, topic, partition: 0, next: '0' }];
  const app = await fakeApp(t, { reads: { checkpoints: { building } } });
  const { projections } = JSON.parse((await app.inject('/api/v1/lag')).body);
  const shown = projections.filter((lag: { readonly building?: unknown }) => lag.building !== undefined);
  assert.equal(shown.length, 1);
  assert.deepEqual([shown[0].projection, shown[0].generation, shown[0].records], [projection, 1, 0]);
  assert.deepEqual(shown[0].building, { version: 7, generation: 2, records: 0, of: 1 });
});
