/**
 * Hundreds of schedules of commands: bridges, timers, reactions, relays and nodes die between any two steps, nodes move from bridge to
 * bridge, a broker keeps, repeats and forgets, clocks are wrong and are set. A schedule is a number; one that fails prints it, and it then
 * joins `formerFailures`.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { simulateCommands, type Way } from './command-world.ts';
import { findings } from './findings.ts';

const schedules = 120;

/** Seeds that once found something. They run for ever. */
const formerFailures: readonly number[] = [104, 126];

for (const way of ['listen', 'connect'] satisfies readonly Way[]) {
  it(`commands hold in ${schedules} schedules, ${way === 'listen' ? 'at the listener' : 'through a broker'}`, async () => {
    const ended: Record<string, number> = {};
    let [struck, again, quarantined] = [0, 0, 0];
    for (const seed of new Set([...formerFailures, ...Array(schedules).keys()])) {
      const world = await simulateCommands(seed, way).catch((error: unknown) =>
        assert.fail(`seed ${seed}: ${error instanceof Error ? error.stack : error}`),
      );
      const found = await findings(world);
      assert.deepEqual(found.wrong, [], `seed ${seed}`);
      for (const [state, count] of Object.entries(found.states)) ended[state] = (ended[state] ?? 0) + count;
      struck += world.struck;
      again += found.again;
      quarantined += found.quarantined;
    }
    // Schedules in which nothing happens prove nothing.
    for (const state of ['succeeded', 'failed', 'unanswered', 'expired', 'cancelled']) {
      assert.ok((ended[state] ?? 0) > schedules / 10, `${ended[state]} were ${state}`);
    }
    assert.ok(struck > 10 * schedules, `something struck ${struck} times`);
    assert.ok(again > schedules / 10, `${again} came again`);
    assert.ok(quarantined > schedules / 10, `${quarantined} answers did not fit`);
  });
}
