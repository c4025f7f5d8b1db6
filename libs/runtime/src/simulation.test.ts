/**
 * Thousands of schedules of the whole system in memory: crashes of the bridge, appends refused or unanswered, commits
 * lost before and after, a database that crashes and takes the last of them, replicas that come, go and are frozen with
 * a batch in hand, clients that read too far ahead, slow transactions, redelivery, poison, tables that are built again and
 * given up meanwhile. A schedule is a number; one that fails prints it, and it then joins
 * `formerFailures`.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Fault, findings, noFaults, simulate } from './testing/simulated-world.ts';

const schedules = 2_000;

/** Seeds that once found something. They run for ever. */
const formerFailures: readonly number[] = [1742, 1856];

it(`holds in ${schedules} schedules`, async () => {
  const struck: Record<Fault, number> = { ...noFaults };
  let acknowledged = 0;
  let clashes = 0;
  for (const seed of new Set([...formerFailures, ...Array(schedules).keys()])) {
    const world = await simulate(seed).catch((error: unknown) => assert.fail(`seed ${seed}: ${String(error)}`));
    assert.deepEqual(await findings(world), [], `seed ${seed}`);
    for (const fault of Object.keys(struck) as Fault[]) struck[fault] += world.faults[fault];
    clashes += world.reactors.clashes();
    acknowledged += world.devices.acknowledged().length;
  }
  assert.ok(acknowledged > schedules, 'schedules in which nothing happens prove nothing');
  assert.ok(clashes > schedules / 10, `${clashes} labels were refused`);
  for (const [fault, times] of Object.entries(struck))
    assert.ok(times > schedules / 10, `${fault} struck ${times} times`);
});
