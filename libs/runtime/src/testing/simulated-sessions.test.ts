/** Schedules of servers over sessions in memory. A schedule is a number; one that fails prints it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { chance } from './chance.ts';
import { memorySessions } from './memory-session-store.ts';
import { nothingStruck, type Struck, simulateSessions } from './simulated-sessions.ts';

const schedules = 500;

it(`sessions in memory hold in ${schedules} schedules`, async () => {
  const struck = { ...nothingStruck };
  for (let seed = 0; seed < schedules; seed += 1) {
    const by = chance(seed + 1_000_000);
    const turn = async (): Promise<void> => {
      while (by.happens(0.3)) await new Promise((resolve) => setImmediate(resolve));
    };
    const place = memorySessions({ turn });
    const open = async () => {
      const store = place.open();
      const { owner } = store;
      const kill = async (): Promise<void> => place.kill(owner);
      return { store, kill, cut: () => place.cut(owner), heal: () => place.heal(owner) };
    };
    const counts = await simulateSessions({ seed, steps: 150, open }).catch((error: unknown) =>
      assert.fail(`seed ${seed}: ${String(error)}`),
    );
    for (const key of Object.keys(struck) as Struck[]) struck[key] += counts[key];
  }
  for (const [what, times] of Object.entries(struck)) assert.ok(times > schedules / 2, `${what} ${times} times`);
});
