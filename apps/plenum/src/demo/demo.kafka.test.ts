/** The demonstration on a real Kafka with a real registry: its own, and one that is already there. */
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { whyNoKafka } from '@plenum/kafka/testing';
import { testDirectory } from '@plenum/postgres/testing';
import { lastLine, runPlenum, smallDemo, smallOutcome } from '../testing/run-plenum.ts';

const skip = await whyNoKafka();

describe('the demo on Kafka', { skip }, () => {
  it('runs one for as long as it needs it, and leaves the data of the other log alone', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    for (const log of ['postgres', 'kafka']) {
      const ended = await runPlenum(place, [...smallDemo, '--log', log]);
      assert.equal(ended.code, 0, ended.stderr);
      const { seconds: _, ...outcome } = lastLine(ended);
      assert.deepEqual(outcome, smallOutcome(log));
    }
    const status = await runPlenum(place, ['kafka', 'status', '--json']);
    assert.deepEqual([status.code, lastLine(status)], [1, { state: 'down' }]);
  });

  it('uses the one that runs, on kept data, and so do the tools', async (t) => {
    const folder = testDirectory(t);
    await mkdir(folder, { recursive: true });
    const place = { PLENUM_DATA_DIR: path.join(folder, 'data'), LOG: 'kafka' };
    const up = await runPlenum(place, ['kafka', 'up', '--json']);
    t.after(() => runPlenum(place, ['kafka', 'down']));
    assert.equal(up.code, 0, up.stderr);
    for (const run of ['on empty data', 'on kept data']) {
      const ended = await runPlenum(place, smallDemo);
      assert.equal(ended.code, 0, `${run}: ${ended.stderr}`);
      const { seconds: _, ...outcome } = lastLine(ended);
      assert.deepEqual(outcome, smallOutcome('kafka'), run);
    }
    const fresh = await runPlenum(place, [...smallDemo, '--fresh']);
    assert.match(fresh.stderr, /a Kafka runs on .*: npm run plenum -- kafka down/);

    const verified = await runPlenum(place, ['replay', 'verify', '--json']);
    assert.deepEqual([verified.code, lastLine(verified).equal], [0, true], verified.stderr);
    const file = path.join(folder, 'refused.ndjson');
    const exported = await runPlenum(place, ['replay', 'export', '--topic', 'plenum.quarantine', '--out', file]);
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal((await readFile(file, 'utf8')).trim().split('\n').length, 20);
    const down = await runPlenum(place, ['kafka', 'down', '--json']);
    assert.deepEqual(lastLine(down), { stopped: 2 });
  });
});
