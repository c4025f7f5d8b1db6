import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions } from '@plenum/catalogue';
import { collectRoutes } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';

test('every route asks for a permission that somebody declares', async (t) => {
  const routes = collectRoutes();
  const app = await fakeApp(t, { onRoute: routes.onRoute });
  const asked = (await routes.all(app)).flatMap(({ config }) =>
    typeof config?.access === 'object' ? [config.access.permission] : [],
  );
  assert.deepEqual(new Set(asked).difference(new Set(Object.keys(permissions))), new Set());
  for (const name of ['read:sensors', 'read:quarantine', 'read:projection']) assert.ok(asked.includes(name), name);
});
