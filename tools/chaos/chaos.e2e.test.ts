import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type ChaosReport, runChaos } from './chaos.ts';
import { faultOf, faults } from './faults/all.ts';
import type { ChaosOptions } from './options.ts';

it('loses nothing and shows nothing twice when parts are killed, frozen and cut off', {
  timeout: 300_000,
}, async (t) => {
  const only = ['kill-bridges', 'kill-postgres', 'kill-reactor', 'kill-exporters', 'cut-all-databases'];
  const options: ChaosOptions = {
    ...{ rounds: 5, seed: 4, first: 1, only, json: false, ratePerSecond: 100, nodes: 20, postgis: false },
    log: 'postgres',
    mqtt: 'listen',
    files: 'folder',
  };
  const told: string[] = [];
  const parts = { tell: (line: string) => void told.push(line), stop: t.signal };
  const report: ChaosReport = await runChaos(options, parts);
  const { failures, rounds, acknowledged, lost, twice, parked, verified, recoveries } = report;
  assert.deepEqual(failures, [], told.join('\n'));
  assert.deepEqual(
    { rounds, lost, twice, parked, verified },
    { rounds: 5, lost: 0, twice: 0, parked: 0, verified: true },
  );
  assert.ok(acknowledged > 100, `${acknowledged} messages were acknowledged`);
  for (const [what, count] of Object.entries({ ...report.decisions, repeated: 1 })) assert.ok(count > 0, what);
  const { different, ...exported } = report.exports;
  assert.equal(different, 0);
  for (const [what, count] of Object.entries(exported)) assert.ok(count > 0, what);
  const { owed = 0, missing, twice: deliveredTwice, resumed = 0 } = report.sessions ?? {};
  assert.deepEqual({ missing, deliveredTwice }, { missing: 0, deliveredTwice: 0 });
  assert.ok(owed > 20 && resumed > 20, `${owed} deliveries were owed, ${resumed} sessions went on`);
  // Without Python there are no devices that could be commanded.
  if (report.not_done.commands === undefined) {
    const { requested = 0, violations, executed = 0 } = report.commands ?? {};
    assert.equal(violations, 0);
    assert.ok(requested > 20 && executed > 10, `${requested} were asked for, ${executed} executed`);
  }
  assert.deepEqual(Object.keys(recoveries).sort(), only.toSorted());
});

it('lets every kind happen before one happens again, and the same in the same round', () => {
  const dealt = faults.map((_, index) => faultOf(faults, 9, index + 1).kind);
  assert.equal(new Set(dealt).size, faults.length);
  assert.deepEqual(
    faults.map((_, index) => faultOf(faults, 9, index + 1).kind),
    dealt,
  );
});
